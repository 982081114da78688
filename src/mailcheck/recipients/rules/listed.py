"""Rules about an address beside the others of its list."""

from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.recipients.view import Judged, told


@rule("RCP044", "dup-exact", Severity.WARNING, since="0.1")
def dup_exact(view: Judged) -> Result:
    """The same address stands in an earlier row.

    Why: The person gets the mail twice, and complains twice as easily.
    Bad:
    anna@mail.example
    anna@mail.example
    Good:
    anna@mail.example
    bob@mail.example
    Fix: Delete the later row.
    References: RFC 5321 2.4
    """
    return told(view, "dup-exact", "the same address stands in {detail}: it would get the mail twice")


@rule("RCP045", "dup-case", Severity.WARNING, since="0.1")
def dup_case(view: Judged) -> Result:
    """The same address stands in an earlier row, but for capitals.

    Why: No server in use tells capitals apart, so the person gets the mail twice.
    Bad:
    anna@mail.example
    Anna@Mail.example
    Good:
    anna@mail.example
    hanna@mail.example
    Fix: Delete the later row.
    References: RFC 5321 2.4
    """
    return told(view, "dup-case", "the same address stands in {detail} but for capitals: it would get the mail twice")


@rule("RCP046", "dup-provider", Severity.WARNING, since="0.1")
def dup_provider(view: Judged) -> Result:
    """An earlier row reaches the same mailbox.

    Why: The provider counts dots or tags as nothing (`an.na+shop@gmail.com` is `anna@gmail.com`), so the person gets the mail twice.
    Bad:
    anna@gmail.com
    an.na+shop@googlemail.com
    Good:
    anna@mail.example
    an.na@mail.example
    Fix: Delete the later row.
    References: data/recipients/mailboxes.json, with a source for each provider
    """
    return told(
        view, "dup-provider", "{detail} reaches the same mailbox by its provider's rules: it would get the mail twice"
    )


@rule("RCP047", "suppressed", Severity.ERROR, since="0.1")
def suppressed(view: Judged) -> Result:
    """The address stands in your suppression list.

    Why: The person unsubscribed, complained or bounced. In the EU and the US mail to who has objected is unlawful.
    Bad:
    suppressed: anna@mail.example
    Anna@mail.example
    Good:
    suppressed: bob@mail.example
    anna@mail.example
    Fix: Delete the row.
    References: 15 USC 7704(a)(4); Directive 2002/58/EC, article 13; GDPR article 21(3)
    """
    return told(view, "suppressed", "it stands in the suppression list: mail to it must not be sent")


@rule("RCP048", "suppressed-domain", Severity.ERROR, since="0.1")
def suppressed_domain(view: Judged) -> Result:
    """The domain stands in your suppression list.

    Why: Its owner wants no mail from you.
    Bad:
    suppressed: mail.example
    anna@mail.example
    Good:
    suppressed: other.example
    anna@mail.example
    Fix: Delete the row.
    References: 15 USC 7704(a)(4); Directive 2002/58/EC, article 13
    """
    return told(
        view, "suppressed-domain", "its domain {detail} stands in the suppression list: mail to it must not be sent"
    )
