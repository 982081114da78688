"""Calendar days in a text, in the notations of a pack's language, and claims about when something ends."""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailcheck.lint.subjects.packs import Pack

MOST = 200
"""Dates of one text that are read."""
# ISO 8601; 28.11. and 28.11.2026; 28/11/2026 and 11/28/2026; 11月28日; 11월 28일.
_NUMERIC = (
    r"(?<!\d)(?:(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\. ?\d{1,2}\.(?: ?\d{4})?|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|\d{1,2}/\d{1,2})(?!\d)"
    r"|(?:\d{4} ?年 ?)?\d{1,2} ?月 ?\d{1,2} ?[日号號]|(?:\d{4}년 ?)?\d{1,2}월 ?\d{1,2}일)"
)


class Day:
    """A day that a text names: its readings as (month, day), the year where it is written, and its range."""

    __slots__ = ("end", "readings", "start", "year")

    def __init__(self, start: int, end: int, year: int | None, readings: tuple[tuple[int, int], ...]) -> None:
        self.start = start
        self.end = end
        self.year = year
        self.readings = readings

    def near(self, today: date | None) -> list[date]:
        """The days that may be meant: without a year, those of last, this and next year nearest to today."""
        years = (self.year,) if self.year else (today.year - 1, today.year, today.year + 1) if today else ()
        found = [each for year in years for month, day in self.readings if (each := _day(year, month, day))]
        if self.year or today is None:
            return found
        best = min((abs((each - today).days) for each in found), default=0)
        return [each for each in found if abs((each - today).days) <= best + 1]

    def same(self, other: "Day") -> bool:
        """Whether both may be one day."""
        return bool(set(self.readings) & set(other.readings)) and (
            self.year is None or other.year is None or self.year == other.year
        )

    def is_day(self, day: date) -> bool:
        """Whether it may be this day."""
        return (day.month, day.day) in self.readings and self.year in (None, day.year)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def declared_day(value: Any) -> date | None:
    """A day that front matter or a caller declares: a date, or text that begins with one (ISO 8601)."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value).strip()[:10]) if value is not None else None
    except ValueError:
        return None


def date_pattern(pack: "Pack") -> str:
    """A day in the pack's language, as one group of alternatives, for folded text."""
    months = _months(pack)
    if not months:
        return f"(?:{_NUMERIC})"
    month = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    link = pack.data.get("month_link", "")
    suffix = pack.data.get("day_suffix", "")
    year = r"(?:,? (?:de |del )?\d{4}(?!\d))?"
    return (
        rf"(?:(?<!\d)\d{{1,2}}(?:st|nd|rd|th|\.|er|º|ª|o|e|a|-?го|-?е)?{suffix} ?(?:{link})?(?:{month})"
        rf"\.?(?![^\W\d_]){year}"
        rf"|(?:{month})\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?!\d|[.,:]\d|\s?%){year}|{_NUMERIC})"
    )


def _months(pack: "Pack") -> dict[str, int]:
    from mailcheck.lint.subjects.folding import fold

    return {
        fold(form).text: number
        for number, forms in enumerate(pack.data.get("months", ()), 1)
        for form in forms.split("|")
    }


_NUMBERS = re.compile(r"\d+")


class Calendar:
    """Finds days; one a pack."""

    def __init__(self, pack: "Pack | None") -> None:
        self._months = _months(pack) if pack is not None else {}
        self._pattern = re.compile(date_pattern(pack) if pack is not None else _NUMERIC)
        self._names = sorted(self._months, key=len, reverse=True)

    def days(self, text: str) -> list[Day]:
        """The days of a folded text, in order."""
        found = []
        for match in self._pattern.finditer(text):
            day = self.read(match[0], match.start(), match.end())
            if day is not None:
                found.append(day)
            if len(found) >= MOST:
                break
        return found

    def read(self, text: str, start: int, end: int) -> Day | None:
        """One date as it is written."""
        numbers = [int(each) for each in _NUMBERS.findall(text)]
        name = next((name for name in self._names if name in text), None) if not _numeric(text) else None
        if name is not None and numbers:
            year = next((each for each in numbers if each > 1900), None)
            day = next((each for each in numbers if 1 <= each <= 31), None)
            return Day(start, end, year, ((self._months[name], day),)) if day else None
        if len(numbers) < 2:
            return None
        year = next((each for each in numbers if each > 1900), None)
        if year is not None and numbers[0] == year:
            readings: tuple[tuple[int, int], ...] = ((numbers[1], numbers[2]),) if len(numbers) > 2 else ()
        elif any(mark in text for mark in "月월"):
            readings = ((numbers[-2], numbers[-1]),)
        else:
            if year is None and len(numbers) > 2:
                year = 2000 + numbers[2] % 100
            readings = ((numbers[1], numbers[0]), (numbers[0], numbers[1]))
        valid = tuple(dict.fromkeys(each for each in readings if 1 <= each[0] <= 12 and 1 <= each[1] <= 31))
        return Day(start, end, year, valid) if valid else None


def _numeric(text: str) -> bool:
    return not any(char.isalpha() for char in text) or any(mark in text for mark in "月월")


class Claim:
    """When something ends, as a line says it: the days it may mean (None: some day), and the range in folded text."""

    __slots__ = ("day", "end", "first", "kind", "last", "start")

    def __init__(self, kind: str, start: int, end: int) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.first: date | None = None
        self.last: date | None = None
        self.day: Day | None = None


def claims_of(text: str, pack: "Pack", calendar: Calendar, today: date | None) -> list[Claim]:
    """The claims of a folded line, in order; of overlapping ones, the one that says more."""
    found: list[Claim] = []
    taken: list[tuple[int, int]] = [match.span() for match in pack.group("not_deadline").finditer(text)]
    for kind in ("date", "tomorrow", "today", "hours", "days", "weekday", "open"):
        for match in pack.group(f"deadline_{kind}").finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            claim = Claim(kind, *match.span())
            _set_days(claim, match[0], pack, calendar, today)
            found.append(claim)
            if len(found) >= 20:
                return found
    order = {"date": 0, "weekday": 1, "today": 2, "tomorrow": 2, "hours": 3, "days": 3, "open": 4}
    return sorted(found, key=lambda claim: (order[claim.kind], claim.start))


def _set_days(claim: Claim, text: str, pack: "Pack", calendar: Calendar, today: date | None) -> None:
    if claim.kind == "date":
        days = calendar.days(text)
        claim.day = days[-1] if days else None
        if claim.day is not None:
            near = claim.day.near(today)
            claim.first, claim.last = (min(near), max(near)) if near else (None, None)
        return
    if today is None:
        return
    if claim.kind == "today":
        claim.first = today
        claim.last = today + timedelta(days=1) if pack.group("midnight").search(text) else today
    elif claim.kind == "tomorrow":
        claim.first = claim.last = today + timedelta(days=1)
    elif claim.kind == "hours":
        hours = _number(text, pack) or 24
        claim.first, claim.last = today, today + timedelta(days=max(1, -(-hours // 24)))
    elif claim.kind == "days":
        ahead = _number(text, pack)
        if ahead is None:
            # The last days: any.
            return
        if pack.group("week").search(text):
            ahead *= 7
        claim.first, claim.last = today + timedelta(days=max(0, ahead - 1)), today + timedelta(days=ahead)
    elif claim.kind == "weekday":
        number = next(
            (n for word in re.findall(pack.weekday, text) if (n := pack.weekday_number(word)) is not None), None
        )
        if number is not None:
            ahead = (number - today.weekday()) % 7
            claim.first = claim.last = today + timedelta(days=ahead)


def _number(text: str, pack: "Pack") -> int | None:
    words = pack.numbers if not pack.data.get("words", True) else rf"(?<!\w)(?:{pack.numbers})(?!\w)"
    match = re.search(rf"\d{{1,4}}|{words}" if pack.numbers else r"\d{1,4}", text)
    return pack.number(match[0]) if match else None
