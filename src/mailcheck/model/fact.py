"""A looked-up thing is Known, Absent or Unknown; a fault never reads as "no record"."""

from typing import Generic, Literal, TypeAlias, TypeVar

from mailcheck.model.value import dataclass

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One question as it was asked and answered.

    `answer` is the answer section in presentation form, None where there was none. `aliases` are the
    CNAME targets in the answer, in order. `authenticated` is the AD bit. `advice` says what to try
    where nothing usable came back; `ttl` is in seconds.
    """

    name: str
    type: str
    rcode: str
    answer: str | None = None
    server: str | None = None
    aliases: tuple[str, ...] = ()
    authenticated: bool = False
    advice: str | None = None
    ttl: int | None = None

    @property
    def question(self) -> str:
        """The question as people write it: name, blank, type."""
        return f"{self.name} {self.type}"


@dataclass(frozen=True, slots=True)
class Known(Generic[T_co]):
    """The thing is there."""

    value: T_co
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Absent:
    """The thing is proven not to be there: NXDOMAIN (no such name) or NODATA (no such type)."""

    reason: Literal["nxdomain", "nodata"]
    evidence: Evidence

    @property
    def nxdomain(self) -> bool:
        """Whether the name itself does not exist (RFC 8020)."""
        return self.reason == "nxdomain"


@dataclass(frozen=True, slots=True)
class Unknown:
    """It could not be determined: `reason` is one word (servfail, refused, timeout, outside-zones, …)."""

    reason: str
    evidence: Evidence

    @property
    def sentence(self) -> str:
        """The reason with the question and, where known, the server asked and what to try."""
        at = f" from {self.evidence.server}" if self.evidence.server else ""
        advice = f"; {self.evidence.advice}" if self.evidence.advice else ""
        return f"{self.evidence.question}: {self.reason}{at}{advice}"


Fact: TypeAlias = Known[U] | Absent | Unknown
