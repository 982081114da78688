"""Rules about what kind of address it is."""

from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.recipients.view import Judged, told


@rule("RCP037", "typo-likely", Severity.WARNING, since="0.1")
def typo_likely(view: Judged) -> Result:
    """The domain is very likely mistyped.

    Why: It is one step from a domain that millions use, and takes no mail or ends in nothing that exists. It is never corrected by itself: a mistyped domain may belong to somebody who reads the mail.
    Bad:
    anna@gmial.com
    anna@gmail.con
    anna@gmailcom
    Good:
    anna@gmail.com
    anna@mail.com
    Fix: Ask the person; the suggestion is what was probably meant.
    References: this project's list, data/recipients/providers.json
    """
    return told(view, "typo-likely", "the domain is very likely mistyped for {detail}")


@rule("RCP038", "typo-possible", Severity.INFO, since="0.1")
def typo_possible(view: Judged) -> Result:
    """The domain may be mistyped.

    Why: It is one step from a domain that many use. Companies have such names too, so this is only worth a look.
    Bad:
    anna@ymaill.com
    Good:
    anna@gmx.de
    anna@company.co
    Fix: Look whether the suggestion is what was meant.
    References: this project's list, data/recipients/providers.json
    """
    return told(view, "typo-possible", "the domain may be mistyped for {detail}")


@rule("RCP039", "disposable", Severity.WARNING, since="0.1")
def disposable(view: Judged) -> Result:
    """The domain gives out throw-away addresses.

    Why: The mailbox is gone in minutes or days, and mail to it then bounces or goes to a trap.
    Bad:
    anna@yopmail.com
    Good:
    anna@mail.example
    Fix: Ask for another address where a lasting one is needed.
    References: the list of disposable-email-domains (MIT), kept by hand; shipped with its date
    """
    return told(view, "disposable", "{detail} gives out throw-away addresses: soon nobody reads mail there")


@rule("RCP040", "disposable-mx", Severity.WARNING, since="0.1")
def disposable_mx(view: Judged) -> Result:
    """The domain's mail goes to a service of throw-away addresses.

    Why: Such services use ever new domains that lead to the same servers.
    Bad:
    anna@fresh.example
    Good:
    anna@mail.example
    Fix: Ask for another address where a lasting one is needed.
    References: the list of disposable-email-domains (MIT)
    """
    return told(view, "disposable-mx", "mail would go to {detail}, a service of throw-away addresses")


@rule("RCP041", "role-account", Severity.WARNING, since="0.1")
def role_account(view: Judged) -> Result:
    """The address belongs to an office, not to a person.

    Why: Several people read it, none of them asked for your mail, and they complain more often. For abuse@, postmaster@, noreply@ and the like this is an error: mail there does harm, or nobody reads it.
    Bad:
    info@mail.example
    noreply@mail.example
    Good:
    anna@mail.example
    Fix: Ask for the address of a person.
    References: RFC 2142; this project's list, data/recipients/roles.json
    """
    return told(view, "role-account", "{detail}@ belongs to an office, not to a person who asked for mail")


@rule("RCP042", "free-provider", Severity.INFO, since="0.1")
def free_provider(view: Judged) -> Result:
    """The domain is one of a provider at which anybody gets an address.

    Why: Worth knowing in a list of companies; in a list of people nothing else is to be expected.
    Bad:
    anna@gmail.com
    Good:
    anna@mail.example
    Fix: Nothing is to be done.
    References: this project's list, data/recipients/providers.json
    """
    return told(view, "free-provider", "{detail} gives an address to anybody")


@rule("RCP043", "subaddress", Severity.INFO, since="0.1")
def subaddress(view: Judged) -> Result:
    """There is a tag behind a plus sign.

    Why: `anna+shop@` reaches anna. The same person may be in the list without it.
    Bad:
    anna+shop@mail.example
    Good:
    anna@mail.example
    Fix: Nothing is to be done; keep the tag, since it was given.
    References: RFC 5233 1
    """
    return told(view, "subaddress", "the tag {detail} stands in it; the mailbox is the one before the plus sign")
