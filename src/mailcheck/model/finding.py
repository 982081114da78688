"""A judgement: what is wrong, where, on what evidence, and what to do."""

from typing import TYPE_CHECKING

from mailcheck.model.value import dataclass

if TYPE_CHECKING:
    from mailcheck.model.fact import Evidence
    from mailcheck.model.fix import Fix
    from mailcheck.model.location import Location
    from mailcheck.model.severity import Severity

DOCS = "https://mailcheck-cli.readthedocs.io/en/stable/rules/"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains the finding."""

    message: str
    location: "Location"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a rule.

    A rule gives message, location and what belongs to it; `severity` only where it differs from the
    rule's default. `offending` is the text whose presence makes the finding (for the fingerprint);
    without it the place counts. The runner fills in code, name, subject, fingerprint, url and preview.
    """

    message: str
    location: "Location"
    severity: "Severity | None" = None
    related: tuple[Related, ...] = ()
    evidence: tuple["Evidence", ...] = ()
    fixes: tuple["Fix", ...] = ()
    offending: str = ""
    why: str = ""
    code: str = ""
    name: str = ""
    subject: str = ""
    fingerprint: str = ""
    url: str = ""
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Yielded by a rule that cannot tell: reported as `unknown` with this reason.

    `blocking` is False where the missing answer alone shall not make exit 3.
    """

    reason: str
    blocking: bool = True


def fingerprint(code: str, subject: str, text: str, ordinal: int) -> str:
    """A name for a finding that survives moved lines and reworded messages."""
    import hashlib

    normal = " ".join(text.split()).lower()
    return hashlib.sha256("\0".join((code, subject, normal, str(ordinal))).encode("utf-8", "replace")).hexdigest()[:24]
