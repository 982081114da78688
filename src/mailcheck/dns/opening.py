"""From options to a resolver."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailcheck.dns.port import Resolver, unknown
from mailcheck.dns.rdata import Records
from mailcheck.model.errors import UsageError
from mailcheck.model.fact import Fact
from mailcheck.model.value import dataclass

if TYPE_CHECKING:
    from mailcheck.dns.zones import ZoneResolver

# Each kind of resolver is imported where it is asked for: a live audit reads no zone file.


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
        from mailcheck.dns.overlay import OverlayResolver

        below = OverlayResolver(_zones(options.overlay), below)
    if options.record:
        from mailcheck.dns.recording import RecordingResolver

        below = RecordingResolver(below, options.record)
    return below


def _below(options: DnsOptions) -> Resolver:
    if options.zone and options.zone.endswith(".json"):
        from mailcheck.dns.static import StaticResolver

        return StaticResolver.from_file(options.zone)
    if options.zone:
        return _zones(options.zone)
    if options.replay:
        from mailcheck.dns.recording import ReplayResolver

        return ReplayResolver(options.replay)
    if options.offline:
        return OfflineResolver()
    from mailcheck.dns.live import LiveResolver

    return LiveResolver.from_specs(options.resolvers)


def _zones(path: str) -> "ZoneResolver":
    from mailcheck.dns.zones import ZoneResolver

    return ZoneResolver.from_path(Path(path))
