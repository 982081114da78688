"""One shared set of findings that every writer is shown: each kind of place, fix, severity and outcome.

The codes are none of the registry's, so that the wording of rules can change without changing a snapshot.
"""

from dataclasses import replace

from mailcheck.model.fact import Evidence
from mailcheck.model.finding import DOCS, Finding, Related, fingerprint
from mailcheck.model.fix import DnsChange, Fix, TextEdit, publish, steps
from mailcheck.model.judge import Passed, UnknownResult
from mailcheck.model.location import ConfigLocation, DnsLocation, FileLocation, Location
from mailcheck.model.report import Report, SubjectReport, verdict_of
from mailcheck.model.severity import Severity

DOMAIN = "shop.example"
SPF = "v=spf1 include:_spf.mail.example a mx ptr ip4:192.0.2.0/24 ?all"
KEY = "v=DKIM1; k=rsa; t=y; note=caf\xe9\x1b[31m; p=" + "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" * 8
PAGE = '\t<p>Grüße, 日本 <a href="http://shop.example/">hier</a></p>'
REFUSED = "connection-refused from 192.0.2.53:53; nothing answers there; check the address and port of --resolver"


def finding(
    code: str,
    name: str,
    severity: Severity,
    message: str,
    location: Location,
    *,
    subject: str = DOMAIN,
    why: str = "",
    fixes: tuple[Fix, ...] = (),
    related: tuple[Related, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    preview: bool = False,
) -> Finding:
    """A finding as the runner would have stamped it."""
    return Finding(
        message=message,
        location=location,
        severity=severity,
        related=related,
        evidence=evidence,
        fixes=fixes,
        why=why,
        code=code,
        name=name,
        subject=subject,
        fingerprint=fingerprint(code, subject, message, 0),
        url=f"{DOCS}{code}",
        preview=preview,
    )


def _span(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def _in_page(part: str) -> tuple[int, int]:
    start, end = _span(PAGE, part)
    return 340 + start, 340 + end


def _page(part: str) -> FileLocation:
    start, end = _span(PAGE, part)
    return FileLocation("templates/welcome.html", 12, start + 1, 12, end + 1, 340 + start, 340 + end, PAGE)


LOOKUPS = finding(
    "SPF901",
    "spf-lookup-limit",
    Severity.ERROR,
    "the record costs 12 DNS look-ups; receivers stop at 10 and answer permerror",
    DnsLocation(DOMAIN, "TXT", _span(SPF, "include:_spf.mail.example"), SPF),
    why="A receiver that reaches the limit treats the domain as if it had a broken record (RFC 7208 section 4.6.4, "
    "e.g. for includes). The mail is then judged without SPF.",
    related=(
        Related(
            "this include alone costs 9",
            DnsLocation(
                "_spf.mail.example", "TXT", (7, 20), "v=spf1 include:a.mail.example include:b.mail.example ~all"
            ),
        ),
    ),
    evidence=(Evidence(DOMAIN, "TXT", "NOERROR", f'"{SPF}"', "192.0.2.53"),),
    fixes=(
        publish(
            "the same senders as plain networks", DOMAIN, "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.7 ?all", old=(SPF,)
        ),
        steps(
            "shorten it at the provider",
            "Ask mail.example for a record with fewer includes.",
            "Take out `a` and `mx` if these hosts send nothing.",
        ),
    ),
)
PTR = finding(
    "SPF902",
    "spf-ptr",
    Severity.WARNING,
    "`ptr` is not to be used: slow, and ignored by large receivers",
    DnsLocation(DOMAIN, "TXT", _span(SPF, "ptr"), SPF),
    why="RFC 7208 section 5.5 says do not use it.",
    fixes=(Fix("without ptr", (DnsChange("replace", DOMAIN, "TXT", (SPF.replace("ptr ", ""),), (SPF,)),), safe=True),),
)
KEY_TESTING = finding(
    "DKIM901",
    "dkim-testing",
    Severity.INFO,
    "the key says that it is only being tested (t=y)",
    DnsLocation(f"sel._domainkey.{DOMAIN}", "TXT", _span(KEY, "caf\xe9\x1b[31m"), KEY),
    why="Receivers may treat the signature as absent.",
    fixes=(
        Fix("delete the key", (DnsChange("delete", f"sel._domainkey.{DOMAIN}", "TXT", (), (KEY,)),)),
        publish("the key without t=y", f"sel._domainkey.{DOMAIN}", KEY.replace("t=y; ", ""), safe=False),
    ),
)
PREVIEW = finding(
    "DMARC901",
    "dmarc-new-thing",
    Severity.ERROR,
    "a rule whose false alarms have not been measured yet",
    DnsLocation(f"_dmarc.{DOMAIN}", "TXT"),
    why="New rules are shown, but never fail a run.",
    preview=True,
)
LINK = finding(
    "LNK901",
    "insecure-link",
    Severity.WARNING,
    "the link goes to http:",
    _page('"http://shop.example/"'),
    why="Clients warn before they open it.",
    fixes=(
        Fix("use https", (TextEdit("templates/welcome.html", *_in_page("http"), "https"),), safe=True),
        Fix(
            "leave it out",
            (TextEdit("templates/welcome.html", *_in_page('<a href="http://shop.example/">hier</a>'), ""),),
        ),
    ),
)
UNUSED = finding(
    "IGN901",
    "accept-unused-thing",
    Severity.INFO,
    "MX901 is accepted for shop.example, but was not found there",
    ConfigLocation("mailcheck.toml", "accept", 7),
)
CRASH = finding(
    "RUN001",
    "internal-error",
    Severity.ERROR,
    "mailcheck failed here: TXT901 (some-rule): ValueError: boom",
    ConfigLocation("mailcheck", "TXT901"),
    subject="broken.example",
    why="This is a fault of mailcheck, not of your domain; the other rules were still judged.",
)
ACCEPTED = finding(
    "MX902",
    "mx-single",
    Severity.WARNING,
    "one mail host only",
    DnsLocation(DOMAIN, "MX", None, "10 mx.shop.example."),
)
UNKNOWN = (
    UnknownResult("DNS901", "dns-unanswered", f"_mta-sts.{DOMAIN} TXT: {REFUSED}"),
    UnknownResult("DNS901", "dns-unanswered", f"_smtp._tls.{DOMAIN} TXT: {REFUSED}"),
    UnknownResult("DNS901", "dns-unanswered", f"{DOMAIN} MX: {REFUSED}"),
    UnknownResult("DNS902", "dns-delegation", f"{DOMAIN} NS: {REFUSED}"),
    UnknownResult("MX901", "mx-missing", f"{DOMAIN} MX: {REFUSED}"),
    UnknownResult("MX903", "mx-no-address", f"{DOMAIN} MX: {REFUSED}"),
    UnknownResult("MX904", "mx-reverse", f"{DOMAIN} MX: {REFUSED}"),
    UnknownResult("MX905", "mx-cname", f"{DOMAIN} MX: {REFUSED}"),
    UnknownResult("DMARC902", "dmarc-external", "_report._dmarc.example.net TXT: servfail from 192.0.2.54"),
    UnknownResult("TLS901", "dnssec-chain", "this resolver does not validate", blocking=False),
)
DRAWINGS = {
    "SPF": (
        "12 of 10 look-ups, 0 of 2 void; lets 264 IPv4 and 0 IPv6 addresses send",
        "├─ include:_spf.mail.example  [9 = 1 + 8]",
        "│  ├─ include:a-rather-long-name-of-a-provider.with-many-labels.mail.example  [4 = 1 + 3]",
        "│  └─ include:b.mail.example  [1]",
        "├─ a  [1]",
        "├─ mx  [1]",
        "├─ ptr  [1]",
        "└─ ?all",
    ),
    "DMARC": (
        f"_dmarc.{DOMAIN}: a DMARC record",
        f"→ {DOMAIN:<45}  none (p at {DOMAIN})",
        f"→ {f'an existing name below {DOMAIN}':<45}  none (p at {DOMAIN})",
        f"→ {f'a name below {DOMAIN} that does not exist':<45}  reject, treated as quarantine (np at {DOMAIN})",
    ),
    "readiness": (
        "Forged From            delivered   no DMARC policy that acts is in effect",
        "Google bulk rules      fail        SPF not in order",
    ),
}
FINDINGS = (PTR, LOOKUPS, KEY_TESTING, PREVIEW, LINK, UNUSED)
SHOP = SubjectReport(
    DOMAIN,
    verdict_of(list(FINDINGS), list(UNKNOWN), Severity.ERROR),
    FINDINGS,
    (Passed("SPF903", "spf-syntax"), Passed("SPF904", "spf-all-pass"), Passed("DMARC903", "dmarc-missing")),
    UNKNOWN,
    (ACCEPTED,),
    {"spf": {"record": SPF, "lookups": 12}, "dmarc": {"unknown": "timeout"}, "mx": None},
    DRAWINGS,
)
FINE = SubjectReport("fine.example", "pass", (), (Passed("SPF903", "spf-syntax"), Passed("MX901", "mx-missing")))
REPORT = Report("audit", "0.1.0", (SHOP, FINE))
BROKEN = Report("audit", "0.1.0", (SubjectReport("broken.example", "fail", (CRASH,)),), complete=False)

NEWS = "templates/news.html"
ALT = finding(
    "IMG901",
    "alt-missing",
    Severity.WARNING,
    "readers with images off see nothing here",
    FileLocation(NEWS, 3, 1, 3, 19, 30, 48, '<img src="a.png" >'),
    subject=NEWS,
    why="Many clients show no images at first. The text is all there is.",
    fixes=(Fix("say what it shows", (TextEdit(NEWS, 47, 47, 'alt=""'),), safe=True),),
)
UNCLOSED = finding(
    "HTM904",
    "unclosed-element",
    Severity.ERROR,
    "this <div> is never closed",
    FileLocation(NEWS, 9, 3, 9, 8, 200, 205, "  <div>"),
    subject=NEWS,
    related=(Related("closed here by the end of the cell", FileLocation(NEWS, 12, 1, 12, 6, 260, 265, "</td>")),),
    why="Outlook and webmail guess differently.",
)
SLOT = UnknownResult("TXT901", "plain-part-missing", "the plain part is made in code", blocking=False)
LINT = Report(
    "lint",
    "0.1.0",
    (
        SubjectReport("templates/base.html", "pass", (), (Passed("IMG901", "alt-missing"),)),
        SubjectReport(
            NEWS, "fail", (ALT, replace(ALT, fixes=()), UNCLOSED), (Passed("LNK901", "insecure-link"),), (SLOT,)
        ),
        SubjectReport("templates/welcome.html", "pass", (replace(LINK, subject="templates/welcome.html"),)),
    ),
)
