"""The public functions, async."""

import asyncio
import datetime
import os
from collections.abc import Mapping, Sequence
from typing import Any

import mailcheck
from mailcheck.auth.dmarc.evaluate import DmarcResult
from mailcheck.auth.spf.result import SpfResult
from mailcheck.dns.names import domain_argument
from mailcheck.dns.opening import DnsOptions, open_resolver
from mailcheck.dns.port import Resolver
from mailcheck.dns.run import Run
from mailcheck.domain_audit.declaration import Declaration
from mailcheck.domain_audit.run import audit_domains
from mailcheck.model.errors import UsageError
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from mailcheck.recipients.result import AddressResult


def _level(word: str) -> Severity:
    try:
        return Severity(word)
    except ValueError:
        raise UsageError(f"fail_on is error, warning or info, not {word!r:.40}") from None


def _text(name: str, value: object, *, optional: bool = True) -> None:
    if not isinstance(value, str) and not (optional and value is None):
        raise UsageError(f"{name} is a text (str), not {type(value).__name__}")


def _run(resolver: Resolver | None, timeout: float = 30.0) -> Run:
    if resolver is not None and not (callable(getattr(resolver, "ask", None)) and hasattr(resolver, "close")):
        raise UsageError(f"resolver is a resolver such as StaticResolver({{…}}), not {type(resolver).__name__}")
    return Run(resolver if resolver is not None else open_resolver(DnsOptions()), timeout=timeout)


async def audit(
    domain: str,
    *,
    resolver: Resolver | None = None,
    selectors: Sequence[str] = (),
    now: datetime.datetime | None = None,  # noqa: ARG001  no rule of the audit reads the clock yet
    declared: Declaration | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    timeout: float = 30.0,  # noqa: ASYNC109  the deadline of the whole run, not of this call
) -> Report:
    """Audit one domain's published records; see `mailcheck.audit`."""
    name = domain_argument(domain)
    level = _level(fail_on)
    selection = Selection.of(tuple(select), (), tuple(ignore))
    run = _run(resolver, timeout)
    try:
        return await audit_domains(
            [name],
            run,
            version=mailcheck.__version__,
            selection=selection,
            selectors=tuple(selectors),
            declared={name: declared} if declared else {},
            fail_on=level,
        )
    finally:
        await run.close()


async def verify(
    message: bytes,
    *,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
    resolver: Resolver | None = None,
    now: datetime.datetime | None = None,
    trust_received: int = 0,
    authserv_id: str | None = None,
    second_opinions: bool = True,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    timeout: float = 30.0,  # noqa: ASYNC109  the deadline of the whole run, not of this call
) -> Report:
    """Verify one message; see `mailcheck.verify`."""
    from ipaddress import ip_address

    from mailcheck.verify_message.envelope import MAX_HOPS
    from mailcheck.verify_message.gather import Question
    from mailcheck.verify_message.run import Given, selectors, verify_one

    if not isinstance(message, (bytes, bytearray, memoryview)):
        raise UsageError(f"message is the octets of a message (bytes), not {type(message).__name__}")
    if ip is not None:
        try:
            ip_address(ip)
        except ValueError:
            raise UsageError(f"ip: {ip!r:.60} is no IP address") from None
    level = _level(fail_on)
    selection = Selection.of(tuple(select), (), tuple(ignore))
    if now is not None and not isinstance(now, datetime.datetime):
        raise UsageError(f"now is a datetime, not {type(now).__name__}")
    hops: object = trust_received
    if not isinstance(hops, int) or isinstance(hops, bool) or not 0 <= hops <= MAX_HOPS:
        raise UsageError(f"trust_received is a number of Received fields from 0 to {MAX_HOPS}, not {hops!r:.40}")
    for name, value in (("helo", helo), ("mail_from", mail_from), ("authserv_id", authserv_id)):
        _text(name, value)
    time = now or datetime.datetime.now(datetime.UTC)
    time = time if time.tzinfo else time.replace(tzinfo=datetime.UTC)
    question = Question(
        int(time.timestamp()), ip, helo, mail_from, trust_received, authserv_id, second_opinions, selectors()
    )
    run = _run(resolver, timeout)
    try:
        subject = await verify_one(Given(bytes(message), "message", None), run, question, selection, level)
    finally:
        await run.close()
    return Report("verify", mailcheck.__version__, (subject,), run.stopped != "interrupted", level)


async def check_host(ip: str, mail_from: str, helo: str, *, resolver: Resolver | None = None) -> SpfResult:
    """Evaluate SPF for one sender; see `mailcheck.check_host`."""
    from mailcheck.auth.spf.evaluate import check_host as evaluate

    run = _run(resolver)
    try:
        return await evaluate(ip, mail_from, helo, run.ask)
    finally:
        await run.close()


async def evaluate_dmarc(
    author_domain: str,
    *,
    spf: tuple[str, str] | None = None,
    dkim: Sequence[tuple[str, str]] = (),
    resolver: Resolver | None = None,
) -> DmarcResult:
    """Evaluate DMARC for one message; see `mailcheck.evaluate_dmarc`."""
    from mailcheck.auth.dmarc.evaluate import evaluate_dmarc as evaluate

    _text("author_domain", author_domain, optional=False)
    author = domain_argument(author_domain)
    for check, pairs in (("spf", [spf] if spf is not None else []), ("dkim", dkim)):
        for pair in pairs:
            word = _word_of(check, pair)
            if word.lower() not in _WORDS:
                raise UsageError(f"{check}: {word!r:.40} is none of {', '.join(_WORDS)}; give (domain, result)")
    run = _run(resolver)
    try:
        return await evaluate(author, spf, dkim, run.ask)
    finally:
        await run.close()


def _word_of(check: str, pair: object) -> str:
    match pair:
        case (str(), str(word)):
            return word
    raise UsageError(f"{check}: {pair!r:.60} is no (domain, result)")


_WORDS = ("pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror")
"""The result words of SPF and DKIM (RFC 8601 2.7.1, 2.7.2)."""


async def check_address(
    address: str,
    *,
    resolver: Resolver | None = None,
    offline: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    timeout: float = 30.0,  # noqa: ASYNC109  the deadline of the whole run, not of this call
) -> AddressResult:
    """Judge one recipient's address; see `mailcheck.check_address`."""
    from mailcheck.recipients.address import read_address
    from mailcheck.recipients.domains import look_up
    from mailcheck.recipients.judging import names_of
    from mailcheck.recipients.row import judge_row, view_of

    if not isinstance(address, str):
        raise UsageError(f"address is a text (str), not {type(address).__name__}")
    selected = names_of(Selection.of(tuple(select), (), tuple(ignore)).codes)
    found = read_address(address)
    hosts = None
    if found.question and not offline:
        asked = resolver if resolver is not None else open_resolver(DnsOptions())
        try:
            hosts = (await look_up([found.question], asked, timeout=timeout))[found.question]
        finally:
            await asked.close()
    return AddressResult.of(judge_row(found, view_of(found.host, hosts), (), selected))


async def lint_text(
    text: str,
    *,
    path: str | os.PathLike[str] | None = None,
    dialect: str | None = None,
    kind: str | None = None,
    root: str | os.PathLike[str] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    link_domains: Sequence[str] = (),
) -> Report:
    """Judge the source of one template, in a thread; see `mailcheck.lint_text`."""
    return await asyncio.to_thread(
        mailcheck.lint_text,
        text,
        path=path,
        dialect=dialect,
        kind=kind,
        root=root,
        select=select,
        ignore=ignore,
        fail_on=fail_on,
        link_domains=link_domains,
    )


async def lint_path(
    path: str | os.PathLike[str],
    *,
    dialect: str | None = None,
    kind: str | None = None,
    root: str | os.PathLike[str] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    link_domains: Sequence[str] = (),
    with_dependents: bool = False,
) -> Report:
    """Judge a file or folder, in a thread; see `mailcheck.lint_path`."""
    return await asyncio.to_thread(
        mailcheck.lint_path,
        path,
        dialect=dialect,
        kind=kind,
        root=root,
        select=select,
        ignore=ignore,
        fail_on=fail_on,
        link_domains=link_domains,
        with_dependents=with_dependents,
    )


async def lint_subject(
    subject: str,
    *,
    preheader: str | None = None,
    from_name: str | None = None,
    body: str | None = None,
    kind: str | None = None,
    offer: Mapping[str, Any] | None = None,
    dialect: str | None = None,
    now: datetime.date | None = None,
    ledger: str | os.PathLike[str] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
) -> Report:
    """Judge a subject, in a thread; see `mailcheck.lint_subject`."""
    return await asyncio.to_thread(
        mailcheck.lint_subject,
        subject,
        preheader=preheader,
        from_name=from_name,
        body=body,
        kind=kind,
        offer=offer,
        dialect=dialect,
        now=now,
        ledger=ledger,
        select=select,
        ignore=ignore,
        fail_on=fail_on,
    )
