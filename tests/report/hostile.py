"""Texts that strangers may write, and a report that has one of them in every place a stranger can reach."""

import re

from hypothesis import strategies as st

from mailcheck.model.fact import Evidence
from mailcheck.model.finding import Related
from mailcheck.model.fix import DnsChange, Fix, Step, TextEdit
from mailcheck.model.judge import UnknownResult
from mailcheck.model.location import ConfigLocation, DnsLocation, FileLocation, MessageLocation, RowLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity
from report.sample import finding

NASTY = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "\x9b31m",
    "\x00\x07\x08\x7f",
    "a\nb",
    "a\r\nb\rc",
    "\t=1+1",
    "\u202eabc\u202c",
    "\u2066x\u2069",
    "a\u200bb\ufeffc\u2060",
    "\u2028::error::x\u2029",
    "\U000e0041\U000e007f",
    "\ud800",
    "x\udfffy\ud83d",
    "\ufffe\uffff",
    ":",
    "::error::pwned",
    "\n::error file=a,line=1::pwned",
    "  ::set-output name=a::b",
    "##[add-mask]secret",
    "text ##[error]pwned",
    "##vso[task.setvariable variable=a]b",
    "###vso[task.complete]",
    "##teamcity[buildStop comment='x']",
    "%0A::error::x",
    "100%25",
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "＠x",
    " =1",
    "a;=1+1",
    "a; @x",
    "']]></failure><testcase/>",
    "<![CDATA[x]]>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt; &#0; &x;",
    "`code` `` ``` ````",
    "`",
    "```\n# heading",
    "`a``b`",
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "\\[x](http://evil.example)",
    "<http://evil.example>",
    "http://evil.example www.evil.example",
    "someone@evil.example @everyone #1 GH-1 owner/repo#2",
    "| a | b |",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "$x^2$ :tada: ~~x~~ **b** __u__",
    "---",
    "0123456789abcdef0123456789abcdef01234567",
    "a\\",
    "\\",
    '"',
    "'",
    "",
    " ",
    "日本語 é ß",
    "x" * 3000,
)
"""Each has broken some writer of some tool."""

TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.lists(st.sampled_from(NASTY) | st.text(st.characters(), max_size=8), max_size=5).map("".join),
    st.text("`[]()<>\\ :#;=\"'&%@|\n", max_size=12),
)

FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
"""What no output may hold as it is; the line feed is ours."""
COMMAND = re.compile(r"##[A-Za-z]*\[")


def report_of(text: str) -> Report:
    """The text as subject, message, place, record, source, title, step, data, reason, drawing and fact."""
    octets = text.encode("utf-8", "surrogatepass").decode("latin-1")
    span = (0, max(1, len(octets) // 2))
    places = (
        DnsLocation(octets, "TXT", span, octets),
        DnsLocation("shop.example", "TXT", (len(octets), len(octets)), octets),
        FileLocation(text, 1, 1, 1, 2, 0, 1, text),
        FileLocation(f"dir/{text}", 1, 1, 2, 2, 0, 1, f"\t{text}"),
        ConfigLocation(text, text, 3),
        MessageLocation(text, 0, 3, 1, text, text, octets, span),
        MessageLocation(None, 0, 3, 1),
        RowLocation(text, 3, text),
        RowLocation(None, 1),
    )
    fixes = (
        Fix(text, (DnsChange("replace", octets, "TXT", (octets,), (octets, "old")),), safe=True),
        Fix(text, (DnsChange("add", octets, "MX", (octets,)),)),
        Fix(text, (TextEdit(text, 0, 1, text), TextEdit("a", 1, 1, text))),
        Fix(text, (Step(text),)),
    )
    findings = tuple(
        finding(
            "SPF901",
            "some-rule",
            severity,
            text,
            place,
            subject=text,
            why=text,
            fixes=fixes,
            related=(Related(text, place),),
            evidence=(Evidence(octets, "TXT", "NOERROR", text, text),),
        )
        for place in places
        for severity in Severity
    )
    unknown = (
        UnknownResult("MX901", "mx-missing", text),
        UnknownResult("MX902", "mx-other", f"{octets} TXT: {text}"),
        UnknownResult("MX903", "mx-third", f"name TXT: timeout from {text}"),
    )
    drawings = {"SPF": (text, f"├─ {text}  [1]"), "readiness": (f"a  {text}  b {text}",)}
    facts = {"spf": {"record": text}, text: [text]}
    subject = SubjectReport(text, "fail", findings, (), unknown, findings[:1], facts, drawings)
    return Report("audit", "0.1.0", (subject, SubjectReport(text, "unknown", (), (), unknown)))
