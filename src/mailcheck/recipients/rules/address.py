"""Rules about an address as text."""

from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.recipients.view import Judged, told


@rule("RCP001", "addr-empty", Severity.ERROR, since="0.1")
def addr_empty(view: Judged) -> Result:
    """There is no address, or nothing before or behind the @.

    Why: An address has a local part and a domain. A row without one can get no mail, and many senders stop at it.
    Bad:
    @mail.example
    anna@
    Good:
    anna@mail.example
    Fix: Fill in the address, or delete the row.
    References: RFC 5321 4.1.2
    """
    return told(view, "addr-empty", "there is no address here ({detail}), so nothing can be sent")


@rule("RCP002", "addr-no-at", Severity.ERROR, since="0.1")
def addr_no_at(view: Judged) -> Result:
    """There is no @ in it.

    Why: Without an @ nobody knows which server the mail is for.
    Bad:
    anna.mail.example
    anna＠mail.example
    Good:
    anna@mail.example
    Fix: Put in the @. A full-width ＠ comes from an East Asian keyboard and is another sign.
    References: RFC 5321 4.1.2
    """
    return told(view, "addr-no-at", "there is no address here: {detail}")


@rule("RCP003", "addr-multiple-at", Severity.ERROR, since="0.1")
def addr_multiple_at(view: Judged) -> Result:
    """There is more than one @ in it.

    Why: Either a key was pressed twice, or two addresses stand in one field. Mail servers refuse both.
    Bad:
    anna@@mail.example
    anna@mail.example, bob@mail.example
    Good:
    anna@mail.example
    "anna@home"@mail.example
    Fix: Give each address a row of its own.
    References: RFC 5321 4.1.2; RFC 5322 3.4.1
    """
    return told(view, "addr-multiple-at", "{detail} stand in it, one belongs there: servers refuse such an address")


@rule("RCP004", "addr-placeholder", Severity.ERROR, since="0.1")
def addr_placeholder(view: Judged) -> Result:
    """A word or an address stands there in place of one.

    Why: Forms that insist on an address get `n/a` or `test@test.com`. The words are no addresses; the addresses belong to strangers, who complain.
    Bad:
    n/a
    test@test.com
    Good:
    anna@mail.example
    Fix: Leave the field empty, and do not make it compulsory.
    References: this project's list, data/recipients/signs.json
    """
    return told(view, "addr-placeholder", "“{detail}” stands for no address; whoever gets this mail did not ask for it")


@rule("RCP005", "addr-control-char", Severity.ERROR, since="0.1")
def addr_control_char(view: Judged) -> Result:
    """There is a control character in it.

    Why: No address holds one. It comes from a broken export, or somebody tries what your software does with it.
    Bad:
    anna\\u0000@mail.example
    Good:
    anna@mail.example
    Fix: Delete the character; look where the export went wrong.
    References: RFC 5321 4.1.2; RFC 5322 3.2.3
    """
    return told(
        view, "addr-control-char", "the control character {detail} stands in it: servers refuse such an address"
    )


@rule("RCP006", "addr-newline", Severity.ERROR, since="0.1")
def addr_newline(view: Judged) -> Result:
    """There is a line break in it.

    Why: A line break in an address adds header fields to the message (header injection): `a@mail.example\\nBcc: …` sends copies to whom an attacker likes.
    Bad:
    anna@mail.example\\nBcc:bob@mail.example
    Good:
    anna@mail.example
    Fix: Refuse it where it is typed in. Never put such a text into a header.
    References: RFC 5322 2.2; CWE-93
    """
    return told(
        view, "addr-newline", "a line break stands in it: put into a header, it would add fields to your message"
    )


@rule("RCP007", "addr-invisible-char", Severity.ERROR, since="0.1")
def addr_invisible_char(view: Judged) -> Result:
    """There is an invisible character in it.

    Why: Zero-width signs, no-break spaces and marks for writing direction come along when addresses are copied from pages and PDF files. The address looks right and does not exist.
    Bad:
    anna\\u200b@mail.example
    \\ufeffanna@mail.example
    Good:
    anna@mail.example
    x@\\u0646\\u0627\\u0645\\u0647\\u200c\\u0627\\u06cc.com
    Fix: Take it out; the suggestion is the address without it.
    References: UTS 46 4; RFC 5892 A.1
    """
    return told(
        view, "addr-invisible-char", "the invisible {detail} stands in it: the address looks right and does not exist"
    )


@rule("RCP008", "addr-trimmed", Severity.INFO, since="0.1")
def addr_trimmed(view: Judged) -> Result:
    """There are blanks around it, or a comma, semicolon or dot behind it.

    Why: They are no part of the address. Some programs send with them, and the server refuses.
    Bad:
    \\u0020anna@mail.example
    anna@mail.example;
    Good:
    anna@mail.example
    Fix: Take them off; the normalised form has none.
    References: RFC 5321 4.1.2
    """
    return told(
        view, "addr-trimmed", "there is something around the address ({detail}); the normalised form is without it"
    )


@rule("RCP009", "addr-angle", Severity.INFO, since="0.1")
def addr_angle(view: Judged) -> Result:
    """It stands in angle brackets.

    Why: The brackets belong to the header of a message, not to a list.
    Bad:
    <anna@mail.example>
    Good:
    anna@mail.example
    Fix: Take them off; the normalised form has none.
    References: RFC 5322 3.4
    """
    return told(view, "addr-angle", "the address stands in angle brackets; the normalised form is without them")


@rule("RCP010", "addr-display-name", Severity.INFO, since="0.1")
def addr_display_name(view: Judged) -> Result:
    """There is a name with it.

    Why: A list has a column for names. What reads this one as an address fails.
    Bad:
    Anna <anna@mail.example>
    Good:
    anna@mail.example
    Fix: Put the name into a column of its own; the normalised form has none.
    References: RFC 5322 3.4
    """
    return told(
        view, "addr-display-name", "a name (“{detail}”) stands with the address; the normalised form is without it"
    )


@rule("RCP011", "addr-mailto", Severity.INFO, since="0.1")
def addr_mailto(view: Judged) -> Result:
    """It begins with mailto:.

    Why: It was copied from a link. What reads it as an address fails.
    Bad:
    mailto:anna@mail.example?subject=Hello
    Good:
    anna@mail.example
    Fix: Take it off; the normalised form has none.
    References: RFC 6068 2
    """
    return told(view, "addr-mailto", "it is a link, not an address; the normalised form is without mailto:")


@rule("RCP012", "addr-too-long", Severity.ERROR, since="0.1")
def addr_too_long(view: Judged) -> Result:
    """The address has more than 254 octets.

    Why: SMTP gives a path 256 octets with its angle brackets, so no server has to take more.
    Bad:
    anna@a{60}.a{60}.a{60}.a{60}.b{20}.com
    Good:
    anna@mail.example
    Fix: Look whether two fields ran together.
    References: RFC 5321 4.5.3.1.3; RFC 3696 erratum 1690
    """
    return told(view, "addr-too-long", "it is too long ({detail}): servers refuse such an address")


@rule("RCP013", "local-too-long", Severity.WARNING, since="0.1")
def local_too_long(view: Judged) -> Result:
    """There are more than 64 octets before the @.

    Why: A server has to take 64, and many take no more. Some services send from longer ones, so this is no error.
    Bad:
    a{65}@mail.example
    Good:
    a{64}@mail.example
    Fix: Look whether two fields ran together.
    References: RFC 5321 4.5.3.1.1
    """
    return told(view, "local-too-long", "{detail}: many servers refuse more")


@rule("RCP014", "label-too-long", Severity.ERROR, since="0.1")
def label_too_long(view: Judged) -> Result:
    """A part of the domain between two dots has more than 63 characters.

    Why: The DNS has no room for it, so the domain cannot exist.
    Bad:
    anna@a{64}.com
    Good:
    anna@a{63}.com
    Fix: Look whether two fields ran together.
    References: RFC 1035 2.3.4
    """
    return told(view, "label-too-long", "{detail}: such a domain cannot exist")


@rule("RCP015", "local-dot-edge", Severity.ERROR, since="0.1")
def local_dot_edge(view: Judged) -> Result:
    """What stands before the @ begins or ends with a dot.

    Why: The syntax has no place for it. Most servers refuse it, whatever one web mailer once gave out.
    Bad:
    .anna@mail.example
    anna.@mail.example
    Good:
    an.na@mail.example
    Fix: Take the dot away, if that is the address that was meant.
    References: RFC 5321 4.1.2 (Dot-string)
    """
    return told(
        view, "local-dot-edge", "the part before the @ {detail} with a dot: most servers refuse such an address"
    )


@rule("RCP016", "local-double-dot", Severity.ERROR, since="0.1")
def local_double_dot(view: Judged) -> Result:
    """There are two dots in a row before the @.

    Why: The syntax has no place for it. Most servers refuse it.
    Bad:
    an..na@mail.example
    Good:
    an.na@mail.example
    Fix: Take one dot away, if that is the address that was meant.
    References: RFC 5321 4.1.2 (Dot-string)
    """
    return told(view, "local-double-dot", "two dots stand in a row before the @: most servers refuse such an address")


@rule("RCP017", "local-bad-char", Severity.ERROR, since="0.1")
def local_bad_char(view: Judged) -> Result:
    """A character stands before the @ that cannot stand there.

    Why: Blanks, commas, brackets and the like divide addresses in a header. Without quotes the address is another one, or none.
    Bad:
    an na@mail.example
    anna,b@mail.example
    Good:
    an'na@mail.example
    anna+news@mail.example
    Fix: Take it out, if that is the address that was meant.
    References: RFC 5322 3.2.3 (atext)
    """
    return told(view, "local-bad-char", "{detail} cannot stand before the @: servers refuse such an address")


@rule("RCP018", "local-quoted", Severity.WARNING, since="0.1")
def local_quoted(view: Judged) -> Result:
    """What stands before the @ is in quotes.

    Why: It is legal, and nearly nobody has one: many programs on the way cannot handle it. More often it comes from a broken export.
    Bad:
    "an na"@mail.example
    Good:
    anna@mail.example
    Fix: Ask for another address.
    References: RFC 5321 4.1.2: a host should avoid defining mailboxes that need quotes
    """
    return told(
        view, "local-quoted", "the part before the @ stands in quotes: legal, but many programs on the way refuse it"
    )


@rule("RCP019", "domain-literal", Severity.WARNING, since="0.1")
def domain_literal(view: Judged) -> Result:
    """An IP address in brackets stands for the domain.

    Why: It is legal and hardly ever delivered: servers refuse it from strangers.
    Bad:
    anna@[192.0.2.1]
    Good:
    anna@mail.example
    Fix: Ask for another address.
    References: RFC 5321 4.1.3
    """
    return told(
        view,
        "domain-literal",
        "the IP address {detail} stands for the domain: legal, but hardly any server takes it from strangers",
    )


@rule("RCP020", "local-utf8", Severity.WARNING, since="0.1")
def local_utf8(view: Judged) -> Result:
    """There are letters beyond ASCII before the @.

    Why: Every server on the way has to speak SMTPUTF8, your sending service too; else the mail bounces.
    Bad:
    ännä@mail.example
    Good:
    anna@b\\u00fccher.com
    Fix: Look whether your service sends to such addresses; ask for a second address.
    References: RFC 6531 3.1; RFC 6532
    """
    return told(
        view, "local-utf8", "“{detail}” stands before the @: it bounces unless every server on the way speaks SMTPUTF8"
    )


@rule("RCP021", "local-not-nfc", Severity.INFO, since="0.1")
def local_not_nfc(view: Judged) -> Result:
    """Letters before the @ are written in pieces.

    Why: `é` can be one character or an e and an accent. Compared octet by octet the two are different addresses.
    Bad:
    re\\u0301ne@mail.example
    Good:
    r\\u00e9ne@mail.example
    Fix: Use the normalised form (NFC).
    References: RFC 6532 3.1; RFC 5198 3
    """
    return told(
        view,
        "local-not-nfc",
        "letters before the @ are written as letter and accent apart; the normalised form (NFC) joins them",
    )


@rule("RCP022", "domain-mapped", Severity.INFO, since="0.1")
def domain_mapped(view: Judged) -> Result:
    """The domain was written in a form that had to be mapped.

    Why: Full-width letters, capitals beyond ASCII and other dots mean the same domain to IDNA, and not to programs that compare texts.
    Bad:
    anna@ｍａｉｌ.com
    Good:
    anna@mail.example
    Fix: Use the normalised form.
    References: RFC 5895; UTS 46
    """
    return told(
        view,
        "domain-mapped",
        "the domain is written in another form of {detail}; the normalised form has the plain one",
    )


@rule("RCP023", "mixed-script", Severity.WARNING, since="0.1")
def mixed_script(view: Judged) -> Result:
    """The domain mixes letters of several scripts that look alike.

    Why: `раypal` with two Cyrillic letters is another domain than the one it looks like. Registries mostly refuse such names.
    Bad:
    anna@\\u0440\\u0430ypal.com
    Good:
    anna@b\\u00fccher.com
    Fix: Look who owns it before you write there.
    References: UTS 39 5.1
    """
    return told(
        view,
        "mixed-script",
        "{detail} letters stand in one part of the domain: it is not the domain that it looks like",
    )


@rule("RCP024", "domain-bad-label", Severity.ERROR, since="0.1")
def domain_bad_label(view: Judged) -> Result:
    """The domain is written in a way that no domain can be.

    Why: A domain name has letters, digits and hyphens between its dots; no part is empty, or begins or ends with a hyphen. There is no such domain to deliver to.
    Bad:
    anna@mail..example
    anna@-mail.example
    anna@ma_il.example
    anna@mail,example
    Good:
    anna@mail.example
    Fix: Correct the domain.
    References: RFC 1123 2.1; RFC 5321 4.1.2
    """
    return told(view, "domain-bad-label", "there can be no such domain: {detail}")


@rule("RCP025", "domain-idna-invalid", Severity.ERROR, since="0.1")
def domain_idna_invalid(view: Judged) -> Result:
    """The domain is no valid internationalised name.

    Why: The letters are none that a domain may have, or an xn-- form stands for nothing. There is no such domain.
    Bad:
    anna@xn--faketld.com
    anna@\\u2665\\u0300\\u0378.com
    Good:
    anna@b\\u00fccher.com
    Fix: Correct the domain.
    References: RFC 5891 4.2, 5
    """
    return told(view, "domain-idna-invalid", "there can be no such domain: {detail}")


@rule("RCP026", "domain-no-dot", Severity.ERROR, since="0.1")
def domain_no_dot(view: Judged) -> Result:
    """There is no dot in the domain.

    Why: No top-level domain takes mail for people (ICANN forbids it for new ones), and a server completes such a name with its own domain.
    Bad:
    anna@mailexample
    Good:
    anna@mail.example
    Fix: Add the rest of the domain.
    References: RFC 5321 2.3.5; ICANN, New gTLD Program Committee, 13 August 2013 (dotless domains)
    """
    return told(
        view, "domain-no-dot", "the domain “{detail}” has no dot: mail to it stays with your own server or bounces"
    )


@rule("RCP027", "domain-unknown-tld", Severity.ERROR, since="0.1")
def domain_unknown_tld(view: Judged) -> Result:
    """The domain ends in a top-level domain that does not exist.

    Why: There is no such domain to deliver to: `.con` was `.com`.
    Bad:
    anna@mail.con
    anna@mail.c
    Good:
    anna@mail.example
    Fix: Correct the ending.
    References: IANA root zone, by the public suffix list
    """
    return told(view, "domain-unknown-tld", "there is no top-level domain {detail}: the mail bounces")


@rule("RCP028", "domain-reserved", Severity.ERROR, since="0.1")
def domain_reserved(view: Judged) -> Result:
    """The domain is reserved: for tests, documentation or private networks.

    Why: It is no part of the public DNS, or only there for examples. Such rows are left over from tests. (Documentation domains are a warning.)
    Bad:
    anna@shop.test
    anna@printer.local
    anna@example.com
    Good:
    anna@b\\u00fccher.com
    Fix: Delete the row.
    References: RFC 6761 6; RFC 2606; RFC 6762; RFC 7686; RFC 9476
    """
    return told(view, "domain-reserved", "{detail}: nobody can be reached there")


@rule("RCP029", "domain-is-suffix", Severity.ERROR, since="0.1")
def domain_is_suffix(view: Judged) -> Result:
    """The domain is one under which others register theirs.

    Why: `co.uk` is the registry's; a name in front of it was forgotten. Where the DNS says that it takes mail, nothing is said.
    Bad:
    anna@co.uk
    Good:
    anna@mail.example
    Fix: Add the name before it.
    References: the public suffix list (its registries' part)
    """
    return told(
        view,
        "domain-is-suffix",
        "{detail} is no domain of somebody's, but the ending under which domains are registered: a name is missing",
    )
