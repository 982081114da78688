"""Messages and answers in the words of a rule's examples: a clean signed message of example.com, and changes to it.

Subject: Hello            the field before signing (an empty line of that name: `-Subject`); `+Name: …` adds one on top
body text                 appended to the body before signing
sign h=From:To; l=10      how it is signed; beside tags: `none`, `times=N`, `key=other`, `bits=N`
later …                   the same three words, after signing
client 192.0.2.10         the sending server; `no client`: not told
mail-from, helo           the rest of the envelope
dns NAME TYPE data        what the DNS answers; NXDOMAIN, SERVFAIL or TIMEOUT in the place of the type
file text                 the file itself
now 2026-12-24            when it is judged
"""

import asyncio
import datetime
import re
import shlex
from dataclasses import dataclass, field
from typing import Any

from mailcheck.dns.run import Run
from mailcheck.dns.static import StaticResolver
from mailcheck.model.report import SubjectReport
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from mailcheck.verify_message.gather import Question, gather
from mailcheck.verify_message.run import Given, verify_one
from mailcheck.verify_message.view import VerifiedMessage
from signer import Signer, rsa_key

NOW = int(datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC).timestamp())
CLEAN = (
    b"From: Alice <alice@example.com>\r\n"
    b"To: Bob <bob@example.net>\r\n"
    b"Subject: Hello\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Hello Bob,\r\n"
    b"\r\n"
    b"all is fine.\r\n"
)
NAMES = (
    "From:From:To:To:Subject:Subject:Date:Date:Reply-To:Message-ID:MIME-Version:Content-Type:Content-Transfer-Encoding"
)
ENDS = ("NXDOMAIN", "SERVFAIL", "TIMEOUT")


def keys() -> dict[str, str]:
    """What `{key}` and `{other}` stand for."""
    return {
        "{key}": Signer(key=rsa_key()).record().partition("p=")[2],
        "{other}": Signer(key=rsa_key(2048, 1)).record().partition("p=")[2],
    }


def clean_answers() -> dict[str, Any]:
    """The DNS of example.com and of a stranger's domain."""
    return {
        "example.com": {"TXT": ["v=spf1 ip4:192.0.2.0/28 -all"], "A": ["192.0.2.80"]},
        "_dmarc.example.com": {"TXT": ["v=DMARC1; p=reject; rua=mailto:dmarc@example.com"]},
        "s1._domainkey.example.com": {"TXT": [Signer(key=rsa_key()).record()]},
        "mailer.example.net": {"TXT": ["v=spf1 ip4:192.0.2.0/28 -all"]},
        "example.org": {"A": ["192.0.2.81"]},
        "mail.example.com": {"A": ["192.0.2.10"], "TXT": ["v=spf1 a -all"]},
    }


@dataclass
class Scenario:
    """The message, the answers and the question."""

    message: bytes = CLEAN
    answers: dict[str, Any] = field(default_factory=clean_answers)
    names: str = NAMES
    options: dict[str, str] = field(default_factory=dict)
    later: list[str] = field(default_factory=list)
    client: str | None = "192.0.2.10"
    helo: str | None = "mail.example.com"
    mail_from: str | None = "bounce@example.com"
    now: int = NOW
    file: bytes | None = None
    touched: set[tuple[str, str]] = field(default_factory=set)

    @property
    def raw(self) -> bytes:
        """The file."""
        if self.file is not None:
            return self.file
        raw = self.signed(self.message)
        for line in self.later:
            raw = edited(raw, line)
        return raw

    def signed(self, message: bytes) -> bytes:
        """The message with its signatures."""
        options = dict(self.options)
        if "none" in options:
            return re.sub(rb"\r?\n", b"\r\n", message)
        times = int(options.pop("times", "1"))
        number = 1 if options.pop("key", "same") == "other" else 0
        bits = int(options.pop("bits", "2048"))
        length = options.pop("l", None)
        header, _, body = options.pop("c", "relaxed/relaxed").partition("/")
        names = tuple(options.pop("h", self.names).split(":"))
        domain, selector = options.pop("d", "example.com"), options.pop("s", "s1")
        signer = Signer(domain, selector, rsa_key(bits, number), header, body, names)
        if length is not None and int(length) <= len(message):
            signer.length = int(length)
        elif length is not None:
            signer.tags["l"] = length
        signer.tags |= options
        if bits != 2048 or domain != "example.com":
            self.answers |= signer.answers()
        for _ in range(times):
            message = signer.sign(message)
        return message

    @property
    def question(self) -> Question:
        """How it is judged."""
        return Question(self.now, self.client, self.helo, self.mail_from)

    def report(self, selection: Selection | None = None) -> SubjectReport:
        """Verify it."""

        async def run() -> SubjectReport:
            given = Given(self.raw, "message.eml", "message.eml")
            return await verify_one(
                given, Run(StaticResolver(self.answers)), self.question, selection or Selection.of(), Severity.ERROR
            )

        return asyncio.run(run())

    def view(self, question: Question | None = None) -> VerifiedMessage:
        """Verify it, without the rules."""

        async def run() -> VerifiedMessage:
            asker = Run(StaticResolver(self.answers))
            return await gather(
                self.raw, asker.ask, question or self.question, subject="message.eml", path="message.eml"
            )

        return asyncio.run(run())


def edited(raw: bytes, line: str) -> bytes:
    """One change to a message's text."""
    if line.startswith("body "):
        return raw + line[5:].replace("\\n", "\n").encode() + b"\r\n"
    if line.startswith("-"):
        return re.sub(rb"(?im)^" + re.escape(line[1:].encode()) + rb":.*\r\n(?:[ \t].*\r\n)*", b"", raw)
    if line.startswith("+"):
        return line[1:].encode() + b"\r\n" + raw
    name = line.partition(":")[0].encode()
    pattern = re.compile(rb"(?im)^" + re.escape(name) + rb":.*\r\n(?:[ \t].*\r\n)*")
    if pattern.search(raw):
        return pattern.sub(lambda _: line.encode() + b"\r\n", raw, count=1)
    return line.encode() + b"\r\n" + raw


def scenario(lines: tuple[str, ...]) -> Scenario:
    """The clean message with the changes of an example."""
    found = Scenario()
    for raw in lines:
        _apply(found, raw)
    return found


def _apply(found: Scenario, line: str) -> None:
    word, _, rest = line.partition(" ")
    if word == "later":
        found.later.append(rest)
    elif word == "sign":
        for option in rest.split(";"):
            name, _, value = option.strip().partition("=")
            found.options[name] = value
    elif word == "client":
        found.client = rest
    elif line == "no client":
        found.client = None
    elif word == "mail-from":
        found.mail_from = rest
    elif word == "helo":
        found.helo = rest
    elif word == "file":
        found.file = rest.replace("\\n", "\n").encode()
    elif word == "now":
        found.now = int(datetime.datetime.fromisoformat(rest).replace(tzinfo=datetime.UTC).timestamp())
    elif word == "dns":
        _answer(found, rest)
    else:
        found.message = edited(found.message, line)


def _answer(found: Scenario, text: str) -> None:
    for name, value in keys().items():
        text = text.replace(name, value)
    owner, type_, *data = shlex.split(text)
    if type_ in ENDS:
        found.answers[owner] = type_
        return
    if not isinstance(found.answers.get(owner), dict):
        found.answers[owner] = {}
    if (owner, type_) not in found.touched:
        found.answers[owner][type_] = []
        found.touched.add((owner, type_))
    found.answers[owner][type_] += [" ".join(data)] if data else []
