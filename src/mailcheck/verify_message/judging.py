"""A verified message judged by the rules, and made into a subject's report. Pure."""

from collections.abc import Sequence
from importlib import import_module

from mailcheck.model.finding import Finding
from mailcheck.model.judge import judge
from mailcheck.model.report import SubjectReport, verdict_of
from mailcheck.model.rule import Rule, loaded
from mailcheck.model.run_rules import RunView
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from mailcheck.verify_message.drawings import drawings
from mailcheck.verify_message.facts_json import facts_json
from mailcheck.verify_message.view import VerifiedMessage

FAMILIES = ("AUTH",)
MODULES = ("shape", "author", "spf", "dkim", "dkim_strength", "verdict")


def load_rules() -> None:
    """Import the rule modules."""
    for module in MODULES:
        import_module(f"mailcheck.verify_message.rules.{module}")


def rules(selection: Selection) -> list[Rule]:
    """The rules about messages that are selected, in the order of their codes."""
    load_rules()
    return [rule for rule in loaded(*FAMILIES) if rule.code in selection]


def limits(view: VerifiedMessage) -> tuple[str, ...]:
    """What was left out because the message holds more than is looked at."""
    found = [view.message.cut, view.tree.cut]
    found += [fault.message for _, fault in view.author.faults if fault.kind == "limit"]
    return tuple(each for each in found if each)


def judge_run(view: VerifiedMessage, selection: Selection, stopped: str | None) -> list[Finding]:
    """What is to be told about the run itself (RUN003, RUN004)."""
    faults = [*view.message.faults, *(fault for part in view.tree.parts for fault in part.faults)]
    hit = next((fault for fault in faults if fault.kind == "limit" and fault.start), None)
    locus = view.place(hit.start, hit.end) if hit else view.top
    run = RunView(view.subject, limits=limits(view), deadline=int(stopped == "deadline"), locus=locus)
    return judge([rule for rule in loaded("RUN") if rule.code in selection], run).findings


def judge_message(
    view: VerifiedMessage, chosen: Sequence[Rule], fail_on: Severity, about_run: Sequence[Finding] = ()
) -> SubjectReport:
    """Judge one message. Pure."""
    if view.no_message:
        # One finding, stop: everything else would only repeat that there is no message.
        chosen = [rule for rule in chosen if rule.code == "AUTH001"]
    judgement = judge(chosen, view, locus=view.top)
    judgement.findings += about_run
    return SubjectReport(
        view.subject,
        verdict_of(judgement.findings, judgement.unknown, fail_on),
        tuple(judgement.findings),
        tuple(judgement.passed),
        tuple(judgement.unknown),
        (),
        facts_json(view),
        drawings(view),
    )
