"""DMARC policy records (RFC 9989 4.7, 4.8), with what earlier RFC 7489 readers make of them."""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from mailcheck.model.location import Span
from mailcheck.model.value import dataclass
from mailcheck.records.problem import Problem, as_text
from mailcheck.records.tags import Tag, TagList, parse_tags

POLICIES = ("none", "quarantine", "reject")
REMOVED = frozenset({"pct", "rf", "ri"})
"""Tags of RFC 7489 that RFC 9989 took out; unknown tags are ignored."""
KNOWN = frozenset({"v", "p", "sp", "np", "adkim", "aspf", "fo", "rua", "ruf", "t", "psd"}) | REMOVED

MAX_URIS = 100
"""Addresses of rua or ruf, or options of fo, that are read."""

_WORDS = {"yes": "y", "no": "n", "strict": "s", "relaxed": "r"}
_LOOSE = "\"' ,;\t\\"
# RFC 3986 2: what is neither reserved, unreserved nor a percent-encoded octet.
_NO_URI = re.compile(r"[^A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]|%(?![0-9A-Fa-f]{2})")
_SIZE = re.compile(r"!([0-9]+[kmgt]?)\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ADDRESS = re.compile(
    r"[^@\s]+@([A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*)\.?\Z"
)


@dataclass(frozen=True, slots=True)
class ReportUri:
    """One address of rua or ruf. `domain` is None where it is no usable mailto: URI."""

    text: str
    span: Span
    domain: str | None
    size: str | None = None
    problem: str | None = None
    foreign: bool = False
    """A URI in order, but of a scheme that reports are not sent by."""


@dataclass(frozen=True)
class DmarcRecord:
    """One record. `problems` are of kinds tag-syntax, tag-duplicate, value, unknown-tag and uri.

    What keeps a record from being DMARC at all is told by `version_problem`.
    """

    text: str
    tags: TagList
    problems: tuple[Problem, ...] = ()

    def tag(self, name: str) -> Tag | None:
        """The tag of this name."""
        return self.tags.first(name)

    def _policy(self, name: str) -> str | None:
        value = (self.tags.value(name) or "").lower()
        return value if value in POLICIES else None

    @cached_property
    def rua(self) -> tuple[ReportUri, ...]:
        """Where aggregate reports go."""
        return _uris(self.tag("rua"))

    @cached_property
    def ruf(self) -> tuple[ReportUri, ...]:
        """Where failure reports go."""
        return _uris(self.tag("ruf"))

    @cached_property
    def policy_fault(self) -> bool:
        """P missing or bad, or sp or np bad (RFC 9989 4.10.1)."""
        bad = [name for name in ("sp", "np") if self.tag(name) and self._policy(name) is None]
        return self._policy("p") is None or bool(bad)

    @cached_property
    def applies(self) -> bool:
        """Whether DMARC is applied at all: a policy fault needs one syntactically valid rua (RFC 9989 4.10.1)."""
        return not self.policy_fault or any(uri.domain or uri.foreign for uri in self.rua)

    @cached_property
    def p(self) -> str:
        """The policy; none where a fault makes the record count as p=none."""
        return "none" if self.policy_fault else (self._policy("p") or "none")

    @cached_property
    def sp(self) -> str:
        """The policy of existing subdomains; p by default."""
        return "none" if self.policy_fault else (self._policy("sp") or self.p)

    @cached_property
    def np(self) -> str:
        """The policy of names that do not exist; sp by default, then p."""
        return "none" if self.policy_fault else (self._policy("np") or self.sp)

    @property
    def testing(self) -> bool:
        """t=y: failing mail is treated one level lower (RFC 9989 4.7)."""
        return (self.tags.value("t") or "").lower() == "y"

    @property
    def psd(self) -> str:
        """y, n or u (the default)."""
        value = (self.tags.value("psd") or "u").lower()
        return value if value in {"y", "n"} else "u"

    def strict(self, name: str) -> bool:
        """Whether `adkim` or `aspf` asks for strict alignment."""
        return (self.tags.value(name) or "r").lower() == "s"


def is_dmarc(text: str | bytes) -> bool:
    """Whether the first tag is exactly v with the value DMARC1, case-sensitive (RFC 9989 4.8, 4.10)."""
    return re.match(r"v[ \t]*=[ \t]*DMARC1[ \t]*(;|\Z)", as_text(text)) is not None


def version_problem(text: str | bytes) -> Problem | None:
    """What keeps a record that means to be DMARC from being one; None for a true one or for another's text."""
    record = as_text(text)
    if is_dmarc(record):
        return None
    found = re.search(r"v\s*[=:]\s*dmarc(?:\s*[0-9.]+)?|^\s*dmarc1", record, re.IGNORECASE)
    if found is None:
        if re.match(r"\s*[\"']?(p|sp|rua)\s*=\s*\w+", record):
            bare = record.strip("\"' \t")
            return Problem("version", (0, 0), "v=DMARC1; does not stand at the start", f"v=DMARC1; {bare}")
        return None
    before = record[: found.start()]
    parts = (before.strip(_LOOSE), record[found.end() :].strip(_LOOSE))
    better = "; ".join(["v=DMARC1", *(part for part in parts if part)]) if any(parts) else "v=DMARC1; p=none"
    if before.strip():
        if before.strip(" \t\"'\\"):
            message = "v=DMARC1 is not the first tag"
        else:
            message = "a quotation mark is part of the record's text"
        return Problem("version", (0, found.end()), message, better)
    if before:
        return Problem("version", (0, found.start()), "a blank stands before v=DMARC1", better)
    if re.fullmatch(r"v\s*=\s*DMARC1", found.group()) is None:
        message = f"{found.group()!r:.40} must be v=DMARC1: a small v, and DMARC1 in capitals"
        return Problem("version", found.span(), message, better)
    return Problem("version", found.span(), "a semicolon is missing after v=DMARC1", better)


def parse_dmarc(text: str | bytes) -> DmarcRecord:
    """Read a record, valid or not. Never raises."""
    record = as_text(text)
    tags = parse_tags(record)
    problems = list(tags.problems)
    checks: dict[str, tuple[str, ...]] = {
        "p": POLICIES, "sp": POLICIES, "np": POLICIES, "adkim": ("r", "s"), "aspf": ("r", "s"),
        "t": ("y", "n"), "psd": ("y", "n", "u"),
    }  # fmt: skip
    for tag in tags.tags:
        values = checks.get(tag.name)
        if values and tag.value.lower() not in values:
            word = tag.value.lower()
            near = _WORDS[word] if _WORDS.get(word) in values else _near(word, values)
            hint = f"; did you mean {near}?" if near else ""
            problems.append(
                Problem(
                    "value",
                    tag.value_span,
                    f"{tag.name}={tag.value!s:.40} is none of {', '.join(values)}{hint}",
                    near,
                )
            )
        if tag.name not in KNOWN:
            near = _meant(tag, tags, checks)
            message = f"there is no tag {tag.name!s:.40}=; it is ignored"
            problems.append(Problem("unknown-tag", tag.name_span, message, near, "RFC 9989 4.7"))
        if tag.name == "fo":
            problems += _options(tag)
    result = DmarcRecord(record, tags)
    problems += [Problem("uri", uri.span, uri.problem) for uri in (*result.rua, *result.ruf) if uri.problem is not None]
    return DmarcRecord(record, tags, tuple(sorted(problems, key=lambda each: each.span)))


def _meant(tag: Tag, tags: TagList, checks: dict[str, tuple[str, ...]]) -> str | None:
    """The known tag that an unknown one was surely meant to be: it is not there yet, and the value fits it."""
    near = _near(tag.name.lower(), tuple(sorted(KNOWN - REMOVED - {"v"})))
    if near is None or tags.first(near) is not None or tag.value.lower() not in checks.get(near, (tag.value.lower(),)):
        return None
    return near


def _options(tag: Tag) -> list[Problem]:
    """Values of fo that are none (RFC 9989 4.7)."""
    problems = []
    for text, span in islice(_pieces(tag, ":"), MAX_URIS):
        if text.lower() not in {"0", "1", "d", "s"}:
            problems.append(Problem("value", span, f"fo={text!s:.40} is none of 0, 1, d, s"))
    return problems


def _near(word: str, choices: tuple[str, ...]) -> str | None:
    if len(word) > 20:
        return None
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, choices, n=1, cutoff=0.6)), None)


def _pieces(tag: Tag, mark: str) -> Iterator[tuple[str, Span]]:
    """The parts of a tag's value between marks, without outer blanks, and where they stand."""
    start = tag.value_span[0]
    for piece in tag.value.split(mark):
        left = start + len(piece) - len(piece.lstrip())
        text = piece.strip()
        yield text, (left, left + len(text))
        start += len(piece) + len(mark)


def _uris(tag: Tag | None) -> tuple[ReportUri, ...]:
    if tag is None:
        return ()
    found = [_uri(text, span) for text, span in islice(_pieces(tag, ","), MAX_URIS)]
    if tag.value.count(",") >= MAX_URIS:
        rest = (found[-1].span[1], tag.value_span[1])
        text = tag.value[rest[0] - tag.value_span[0] :]
        problem = f"more than {MAX_URIS} addresses; the rest is not read"
        found.append(ReportUri(text, rest, None, None, problem))
    return tuple(found)


def _uri(text: str, span: Span) -> ReportUri:
    if not text:
        return ReportUri(text, span, None, None, "an empty address between commas")
    size = _SIZE.search(text)
    bare = text[: size.start()] if size else text
    limit = size[1] if size else None
    if not _SCHEME.match(bare):
        hint = "mailto: is missing in front of the address" if "@" in bare else "this is not a URI"
        return ReportUri(text, span, None, limit, hint)
    if "!" in bare:
        return ReportUri(text, span, None, limit, "an exclamation mark must be written %21")
    odd = _NO_URI.search(bare)
    if odd is not None:
        return ReportUri(text, span, None, limit, f"{odd[0]!r} cannot stand in a URI; write it as %{ord(odd[0]):02X}")
    if bare[:7].lower() != "mailto:":
        scheme = bare.partition(":")[0]
        problem = f"reports are sent by mailto: only, not by {scheme!s:.20}:"
        return ReportUri(text, span, None, limit, problem, foreign=True)
    address = bare[7:].partition("?")[0]
    match = _ADDRESS.match(address)
    if match is None or len(match[1]) > 253:
        return ReportUri(text, span, None, limit, f"{address!r:.60} is no e-mail address")
    return ReportUri(text, span, match[1].lower(), limit)
