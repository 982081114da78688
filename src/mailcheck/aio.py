"""The public functions, async."""

import datetime
from collections.abc import Sequence

import mailcheck
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
    try:
        level = Severity(fail_on)
    except ValueError:
        raise UsageError(f"fail_on is error, warning or info, not {fail_on!r:.40}") from None
    selection = Selection.of(tuple(select), (), tuple(ignore))
    run = Run(resolver if resolver is not None else open_resolver(DnsOptions()), timeout=timeout)
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
