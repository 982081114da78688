"""What earlier sends say about a new one: an offer that ended goes on, or a last day has moved."""

from collections.abc import Iterable

from mailcheck.ledger.entries import Entry


class Conflict:
    """An earlier entry that a new claim contradicts, and how, in one sentence."""

    __slots__ = ("earlier", "sentence")

    def __init__(self, earlier: Entry, sentence: str) -> None:
        self.earlier = earlier
        self.sentence = sentence


def conflicts(entries: Iterable[Entry], new: Entry) -> list[Conflict]:
    """The entries with an end that the new send contradicts: the same offer, or the same subject, goes on after it.

    `new` needs a day; its own end is compared where it has one. An entry of the same campaign on the same day is the
    new send itself. The latest conflict of each end comes last.
    """
    found = []
    for earlier in entries:
        same_offer = new.offer is not None and earlier.offer == new.offer
        if earlier.ends is None or not (same_offer or earlier.subject == new.subject):
            continue
        if earlier.campaign == new.campaign and earlier.date == new.date:
            continue
        what = f"offer {new.offer!r}" if same_offer else "the same subject"
        said = f"{what} was sent on {earlier.date} ({earlier.campaign}) as ending on {earlier.ends}"
        if new.ends is not None and new.ends > earlier.ends:
            found.append(Conflict(earlier, f"{said}, and now ends on {new.ends}"))
        elif new.date > earlier.ends:
            found.append(Conflict(earlier, f"{said}, and is sent again on {new.date}"))
    return found


def extended(entries: Iterable[Entry]) -> list[Conflict]:
    """Every entry of a ledger against those before it, by day; each entry is told of its latest contradiction only."""
    found: list[Conflict] = []
    offers: dict[str, list[Entry]] = {}
    subjects: dict[str, list[Entry]] = {}
    for each in sorted(entries, key=lambda entry: (entry.date, entry.line)):
        before = [*(offers.get(each.offer, ()) if each.offer is not None else ()), *subjects.get(each.subject, ())]
        found += conflicts(before[-_COMPARED:], each)[-1:]
        if each.offer is not None:
            offers.setdefault(each.offer, []).append(each)
        subjects.setdefault(each.subject, []).append(each)
    return found


_COMPARED = 50
"""Earlier sends of an offer or a subject with which a new one is compared, where a whole ledger is checked."""
