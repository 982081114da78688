"""The audit's run: one loop, one cache for all domains, and a way out on signals."""

import asyncio
from argparse import Namespace
from importlib import import_module

import mailcheck
from mailcheck.cli.audit_input import Input
from mailcheck.cli.signals import stop_on_signals
from mailcheck.config.schema import Settings
from mailcheck.dns.opening import DnsOptions, open_resolver
from mailcheck.dns.port import Resolver
from mailcheck.dns.run import Run
from mailcheck.domain_audit.declaration import Declaration
from mailcheck.domain_audit.run import FIRST_WAVE, audit_domains
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from mailcheck.model.value import replace


def audit(args: Namespace, settings: Settings, given: Input, selection: Selection) -> tuple[Report, int]:
    """Audit what is given; gives the report, and 130 or 143 where a signal ended it early."""
    resolver = open_resolver(
        DnsOptions(settings["resolver"], args.zone, args.overlay, args.record, args.replay, bool(settings["offline"]))
    )
    report, code = asyncio.run(_audit(settings, given, selection, resolver))
    return replace(report, subjects=(*report.subjects, *given.subjects())), code


async def _audit(settings: Settings, given: Input, selection: Selection, resolver: Resolver) -> tuple[Report, int]:
    run = Run(resolver, timeout=settings["timeout"])
    code = stop_on_signals(run)
    try:
        asking = asyncio.create_task(
            audit_domains(
                given.domains,
                run,
                version=mailcheck.__version__,
                selection=selection,
                selectors=given.selectors,
                declared=declarations(settings),
                seen=given.seen,
                fail_on=Severity(settings["fail-on"]),
            )
        )
        # The writer is imported while the first answers are on their way, as the rules are.
        await asyncio.sleep(FIRST_WAVE)
        import_module(f"mailcheck.report.{settings['format']}_")
        report = await asking
    finally:
        await run.close()
    return report, code[0]


def declarations(settings: Settings) -> dict[str, Declaration]:
    """The `[domain."…"]` tables as the audit takes them."""
    return {
        name: Declaration(
            sends=table.values.get("sends"),
            selectors=table.values.get("selectors", ()),
            providers=table.values.get("providers", ()),
            bounce_domains=tuple(bounce.lower().removesuffix(".") for bounce in table.values.get("bounce-domains", ())),
            kind=table.values.get("kind"),
        )
        for name, table in settings.domains.items()
    }
