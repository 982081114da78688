"""From options to a resolver."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailcheck.dns.overlay import OverlayResolver
from mailcheck.dns.port import Resolver, unknown
from mailcheck.dns.rdata import Records
from mailcheck.dns.recording import RecordingResolver, ReplayResolver
from mailcheck.dns.static import StaticResolver
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.errors import UsageError
from mailcheck.model.fact import Fact


class OfflineResolver:
    """Knows nothing: every answer is Unknown (`offline`)."""

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Unknown."""
        return unknown(name, type, "offline")

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass(frozen=True, slots=True)
class DnsOptions:
    """The DNS options of the command."""

    resolvers: Sequence[str] = ()
    zone: str | None = None
    overlay: str | None = None
    record: str | None = None
    replay: str | None = None
    offline: bool = False


def open_resolver(options: DnsOptions) -> Resolver:
    """The resolver that the options describe. Raises UsageError and InputError."""
    if options.zone and options.replay:
        raise UsageError("--zone and --replay exclude each other: answers come from one of them alone")
    below = _below(options)
    if options.overlay:
        below = OverlayResolver(_zones(options.overlay), below)
    if options.record:
        below = RecordingResolver(below, options.record)
    return below


def _below(options: DnsOptions) -> Resolver:
    if options.zone:
        return StaticResolver.from_file(options.zone) if options.zone.endswith(".json") else _zones(options.zone)
    if options.replay:
        return ReplayResolver(options.replay)
    if options.offline:
        return OfflineResolver()
    from mailcheck.dns.live import LiveResolver

    return LiveResolver.from_specs(options.resolvers)


def _zones(path: str) -> ZoneResolver:
    return ZoneResolver.from_path(Path(path))
