"""Verify messages: gather, judge, make one report."""

from mailcheck.data.providers import generic_selectors, providers
from mailcheck.dns.run import Run
from mailcheck.model.judge import internal_error
from mailcheck.model.location import MessageLocation
from mailcheck.model.report import SubjectReport
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass
from mailcheck.verify_message.gather import Question, gather
from mailcheck.verify_message.judging import judge_message, judge_run, rules


@dataclass(frozen=True, slots=True)
class Given:
    """One message: its octets, what it is called, and its path (None: standard input)."""

    raw: bytes
    subject: str
    path: str | None


def selectors() -> tuple[str, ...]:
    """Selectors that are tried for a signature which its key does not fit."""
    return tuple(dict.fromkeys([*generic_selectors(), *(name for each in providers() for name in each.selectors)]))


async def verify_one(
    given: Given, run: Run, question: Question, selection: Selection, fail_on: Severity
) -> SubjectReport:
    """Verify one message. Whatever goes wrong inside is a finding about mailcheck, not an exception."""
    try:
        view = await gather(given.raw, run.ask, question, subject=given.subject, path=given.path)
        return judge_message(view, rules(selection), fail_on, judge_run(view, selection, run.stopped))
    except Exception as error:  # noqa: BLE001  one boundary a subject: the others are still judged
        cause = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
        place = MessageLocation(given.path, 0, len(given.raw), 1)
        finding = internal_error(given.subject, f"{type(cause).__name__}: {cause}", place)
        return SubjectReport(given.subject, "fail", (finding,))
