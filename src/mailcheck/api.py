"""The public functions, without async: each runs an event loop of its own."""

import asyncio
import datetime
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from mailcheck import aio
from mailcheck.auth.dmarc.evaluate import DmarcResult
from mailcheck.auth.spf.result import SpfResult
from mailcheck.dns.port import Resolver
from mailcheck.domain_audit.declaration import Declaration
from mailcheck.model.report import Report
from mailcheck.recipients.result import AddressResult

T = TypeVar("T")


def audit(
    domain: str,
    *,
    resolver: Resolver | None = None,
    selectors: Sequence[str] = (),
    now: datetime.datetime | None = None,
    declared: Declaration | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    timeout: float = 30.0,
) -> Report:
    """Audit one domain's published records.

    `domain` is a name as people write it; `resolver` answers the questions (the system's name servers by
    default); `selectors` are DKIM selectors in use; `now` is the time to judge by; `timeout` is in seconds.
    Gives a Report with one subject; faults of the DNS are results in it, not exceptions.

    Raises UsageError when `domain` is no domain name, or a selector of `select` and `ignore` names no rule.
    """
    return _run(
        lambda: aio.audit(
            domain,
            resolver=resolver,
            selectors=selectors,
            now=now,
            declared=declared,
            select=select,
            ignore=ignore,
            fail_on=fail_on,
            timeout=timeout,
        )
    )


def verify(
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
    timeout: float = 30.0,
) -> Report:
    """Verify SPF, DKIM, DMARC and ARC of one message, as receivers do.

    `message` are its octets as they were sent (CRLF or LF). `ip`, `helo` and `mail_from` (empty: the null sender) tell
    who sent it; what is not given is read from the message where that can be, and labelled assumed. The topmost
    `trust_received` Received fields are by servers that are trusted; `authserv_id` names the server whose
    Authentication-Results are trusted. `now` is the time to judge by (UTC where it has no zone); `timeout` is in
    seconds.
    Gives a Report with one subject; faults of the DNS and of the message are results in it, not exceptions.

    Raises UsageError when `message` is no bytes, `ip` is no address, or a selector names no rule.
    """
    return _run(
        lambda: aio.verify(
            message,
            ip=ip,
            helo=helo,
            mail_from=mail_from,
            resolver=resolver,
            now=now,
            trust_received=trust_received,
            authserv_id=authserv_id,
            second_opinions=second_opinions,
            select=select,
            ignore=ignore,
            fail_on=fail_on,
            timeout=timeout,
        )
    )


def check_host(ip: str, mail_from: str, helo: str, *, resolver: Resolver | None = None) -> SpfResult:
    """Evaluate SPF for one sender (RFC 7208 4).

    `ip` is the client's address, `mail_from` the address of MAIL FROM (empty: the HELO name is checked), `helo` the
    name it says; `resolver` answers the questions (the system's name servers by default). Gives the result word with
    the term that decided, the domain's explanation of a fail, and every step; faults of the DNS are results, too.

    Raises UsageError when `ip` is no IP address, or another argument no text.
    """
    from mailcheck.auth.spf.evaluate import check_host_at_hand
    from mailcheck.dns.static import StaticResolver

    if type(resolver) is StaticResolver:  # one of a kind of its own may answer by `ask` alone
        return check_host_at_hand(ip, mail_from, helo, resolver.answer)
    return _run(lambda: aio.check_host(ip, mail_from, helo, resolver=resolver))


def evaluate_dmarc(
    author_domain: str,
    *,
    spf: tuple[str, str] | None = None,
    dkim: Sequence[tuple[str, str]] = (),
    resolver: Resolver | None = None,
) -> DmarcResult:
    """Evaluate DMARC (RFC 9989) for one message.

    `author_domain` is the domain of its From field; `spf` is the domain that SPF checked and the result word, `dkim`
    the same of each signature (the d= domain). `resolver` answers the questions. Gives the result, the policy
    that applies and where it stands, what the domain asks to be done, and the walk.

    Raises UsageError when `author_domain` is no domain name or a result word is none.
    """
    return _run(lambda: aio.evaluate_dmarc(author_domain, spf=spf, dkim=dkim, resolver=resolver))


def check_address(
    address: str,
    *,
    resolver: Resolver | None = None,
    offline: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    timeout: float = 30.0,
) -> AddressResult:
    """Judge one recipient's address: can mail be sent to it, and was it meant so?

    `address` is the text as it was typed in; `resolver` answers where mail to its domain goes (the system's name
    servers by default), `offline` asks nothing; `select` and `ignore` are rules; `timeout` is in seconds.
    Gives the verdict (ok, risky, bad, unknown), the reasons, the form to send to, and what was probably meant; faults
    of the address and of the DNS are results, not exceptions. No mail server is contacted.

    Raises UsageError when `address` is no text or a selector names no rule.
    """
    return _run(
        lambda: aio.check_address(
            address, resolver=resolver, offline=offline, select=select, ignore=ignore, timeout=timeout
        )
    )


def _run(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    # A loop is running in this thread (a notebook, an async caller): run ours in a thread of its own.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(make())).result()
