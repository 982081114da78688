"""Domains that were probably mistyped: near a much more common one (optimal string alignment distance).

Never more than a suggestion: real companies have names like these, and a mistyped domain may belong to somebody who
reads the mail.
"""

from typing import NamedTuple

from mailcheck.data import psl
from mailcheck.data.recipients_facts import free_providers, look_alikes, mistyped_tlds, popular

LIKELY = 0.65
"""The confidence from which a suggestion is `typo-likely`."""
RATIO = 500
"""How many times more frequent in a list the other domain must be to count as evidence."""


class Guess(NamedTuple):
    """The domain that was probably meant, from 0 to 1 how sure that is, and why."""

    domain: str
    confidence: float
    why: str


def guess(domain: str, *, deliverable: bool | None = None, ratio: float = 0.0) -> Guess | None:
    """The domain meant, if this one looks mistyped.

    `deliverable` tells whether the DNS says that it takes mail (None: not asked, or no answer); `ratio` is how many
    times more often the list holds the other one, where the caller knows.
    """
    if domain in free_providers() or domain in look_alikes() or len(domain) > 60:
        return None
    top = domain.rpartition(".")[2]
    meant = mistyped_tlds().get(top)
    if meant is not None and not psl.is_top_level(top):
        stem = domain[: -len(top)] + meant
        near = _nearest(stem, 1)
        return Guess(near[0] if near and stem not in popular() else stem, 0.9, f".{top} is no top-level domain")
    if "." not in domain:
        whole = next((each for each in popular() if each.replace(".", "") == domain), None)
        return Guess(whole, 0.95, "the dot is missing") if whole else None
    found = _nearest(domain, 2 if deliverable is False else 1)
    if found is None:
        return None
    candidate, distance = found
    confidence = 0.5 + popular()[candidate] / 500 - 0.15 * (distance - 1)
    why = f"{_steps(distance)} from {candidate}"
    if deliverable is False:
        confidence += 0.3
        why += ", and this domain takes no mail"
    elif deliverable:
        confidence -= 0.2
        why += ", though this domain takes mail"
    if ratio >= RATIO:
        confidence += 0.15
        why += f", which the list holds {int(ratio):,} times as often"
    return Guess(candidate, round(min(confidence, 0.99), 2), why)


def _steps(distance: int) -> str:
    return "one sign" if distance == 1 else "two signs"


def _nearest(domain: str, most: int) -> tuple[str, int] | None:
    """The nearest common domain within `most` steps; of equally near ones that with neighbouring keys, then the more
    common one. One that differs in its ending alone is another country's, not a mistake, if it is a real name.
    """
    best: tuple[float, str, int] | None = None
    for candidate, weight in popular().items():
        if candidate == domain:
            return candidate, 0
        if abs(len(candidate) - len(domain)) > most:
            continue
        distance = osa(domain, candidate, most)
        if distance > most or (distance > 1 and len(candidate) < 8):
            continue
        score = distance - weight / 1000 - (0.2 if _neighbours(domain, candidate) else 0.0)
        if best is None or score < best[0]:
            best = (score, candidate, distance)
    return None if best is None else (best[1], best[2])


def osa(one: str, other: str, most: int) -> int:
    """The optimal string alignment distance: insertions, deletions, replacements, and swaps of neighbours; any number
    above `most` where it is more. Linear but for the middle in which the two differ.
    """
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    a, b = one[start : len(one) - end], other[start : len(other) - end]
    if not a or not b:
        return max(len(a), len(b))
    if abs(len(a) - len(b)) > most or max(len(a), len(b)) > 4 * most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, row = row, now
    return row[-1]


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEYS = {key: (number, at + number * 0.5) for number, keys in enumerate(_ROWS) for at, key in enumerate(keys)}


def _neighbours(one: str, other: str) -> bool:
    """Whether two words of one length differ in one key beside the right one."""
    if len(one) != len(other):
        return False
    pairs = [(x, y) for x, y in zip(one, other, strict=True) if x != y]
    if len(pairs) != 1 or not all(key in _KEYS for key in pairs[0]):
        return False
    (row, column), (row2, column2) = (_KEYS[key] for key in pairs[0])
    return abs(row - row2) <= 1 and abs(column - column2) <= 1
