"""Rules about where mail to a domain goes."""

from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.recipients.view import Judged, told, told_unknown


@rule("RCP030", "dns-nxdomain", Severity.ERROR, since="0.1")
def dns_nxdomain(view: Judged) -> Result:
    """The domain does not exist.

    Why: The DNS says that there is no such name. Mail to it bounces at once, and bounces of many rows at once make your service stop you.
    Bad:
    anna@gone.example
    Good:
    anna@mail.example
    Fix: Correct the domain, or delete the row.
    References: RFC 8020; RFC 5321 5.1
    """
    return told(view, "dns-nxdomain", "the domain does not exist (NXDOMAIN): the mail bounces")


@rule("RCP031", "dns-null-mx", Severity.ERROR, since="0.1")
def dns_null_mx(view: Judged) -> Result:
    """The domain says that it takes no mail.

    Why: A null MX (`0 .`) is the owner's word that no mail is taken. Mail to it bounces at once.
    Bad:
    anna@null.example
    Good:
    anna@mail.example
    Fix: Correct the domain, or delete the row.
    References: RFC 7505 3
    """
    return told(view, "dns-null-mx", "the domain says that it takes no mail (null MX): the mail bounces")


@rule("RCP032", "dns-no-mail-host", Severity.ERROR, since="0.1")
def dns_no_mail_host(view: Judged) -> Result:
    """The domain has no mail server.

    Why: There is neither an MX nor an address, or the MX leads to hosts without one. Nobody can send mail there.
    Bad:
    anna@bare.example
    anna@dangling.example
    Good:
    anna@mail.example
    Fix: Correct the domain, or delete the row.
    References: RFC 5321 5.1
    """
    return told(view, "dns-no-mail-host", "no mail server can be found ({detail}): the mail waits for days and bounces")


@rule("RCP033", "dns-mx-unroutable", Severity.ERROR, since="0.1")
def dns_mx_unroutable(view: Judged) -> Result:
    """The domain's mail servers are none that the Internet leads to.

    Why: The MX names localhost, an IP address in place of a host, or hosts with private addresses only. Nobody can send mail there.
    Bad:
    anna@loop.example
    anna@private.example
    Good:
    anna@mail.example
    Fix: Correct the domain, or delete the row.
    References: RFC 5321 5.1; RFC 6890
    """
    return told(view, "dns-mx-unroutable", "mail would go to {detail}, where the Internet does not lead: it bounces")


@rule("RCP034", "dns-implicit-mx", Severity.WARNING, since="0.1")
def dns_implicit_mx(view: Judged) -> Result:
    """The domain has no MX, only an address.

    Why: Mail goes to the domain's own address then, mostly a web server that takes none. Mistyped domains look like that.
    Bad:
    anna@web.example
    Good:
    anna@mail.example
    Fix: Look whether the domain is the one that was meant.
    References: RFC 5321 5.1
    """
    return told(
        view, "dns-implicit-mx", "there is no MX; mail goes to the domain's own address {detail}, mostly a web server"
    )


@rule("RCP035", "dns-parked-mx", Severity.WARNING, since="0.1")
def dns_parked_mx(view: Judged) -> Result:
    """The domain's mail goes to a host of parked domains.

    Why: The domain is for sale, or somebody collects mistyped mail. What arrives there is read by nobody, or by the wrong one.
    Bad:
    anna@parked.example
    Good:
    anna@mail.example
    Fix: Look whether the domain is the one that was meant.
    References: this project's list, data/recipients/signs.json
    """
    return told(view, "dns-parked-mx", "mail would go to {detail}: nobody reads it there, or the wrong one")


@rule("RCP036", "dns-transient", Severity.WARNING, since="0.1")
def dns_transient(view: Judged) -> Result:
    """The DNS did not answer, so nothing is known about the domain.

    Why: A name server that does not answer now may answer later. Such a row is neither good nor bad; nothing is concluded from silence.
    Bad:
    anna@broken.example
    anna@slow.example
    Good:
    anna@mail.example
    Fix: Check the rows again later, or with --resolver and another name server.
    References: RFC 2308 7
    """
    return told_unknown(view, "dns-transient")
