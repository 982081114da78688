"""Lint: gather documents, judge each, set aside what is ignored, make one report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import mailcheck
from mailcheck.lint import gather, ignores, judging
from mailcheck.lint.document import Document
from mailcheck.lint.html import MAX_TOKENS
from mailcheck.lint.options import LintOptions
from mailcheck.model import registry
from mailcheck.model.finding import Finding
from mailcheck.model.globs import matches
from mailcheck.model.judge import internal_error, judge
from mailcheck.model.location import ConfigLocation, FileLocation
from mailcheck.model.report import Report, SubjectReport, verdict_of
from mailcheck.model.rule import Rule, loaded
from mailcheck.model.run_rules import RunView

if TYPE_CHECKING:
    from mailcheck.lint.subjects.trying import Try

MOST = 1_000
"""Findings of one rule about one document that are told."""


def lint_paths(paths: Sequence[str], options: LintOptions) -> Report:
    """Judge files and folders: one subject a file or message set, sorted by name.

    What cannot be read is a subject of its own with RUN002; the others are judged. Nothing is executed.
    """
    return _report(gather.gather(paths, options), options)


def lint_source(text: str, path: str, options: LintOptions) -> Report:
    """Judge a text as if it stood at `path` (which need not exist; includes are looked up beside it)."""
    return _report(gather.from_text(text, path, options), options)


def lint_try(given: "Try", options: LintOptions) -> Report:
    """Judge a subject that stands in no file, with what belongs to it, by the rules about subjects and senders."""
    from mailcheck.lint.subjects.trying import document_of

    gathered = gather.Gathered()
    gathered.documents.append(document_of(given, options))
    return _report(gathered, options, judging.HEADING)


def _report(
    gathered: "gather.Gathered", options: LintOptions, modules: frozenset[str] = frozenset(judging.MODULES)
) -> Report:
    judges = judging.Judges(options.selection, modules)
    about_run = {rule.code: rule for rule in loaded("RUN") if rule.code in options.selection or rule.code == "RUN002"}
    # `stop` is set by a signal: what is judged by then is told.
    subjects = [
        _judged(document, judges.of(document), about_run, options)
        for document in gathered.documents
        if not options.stop.asked
    ]
    subjects += [_told(about_run, RunView(path, unreadable=(message,), locus=ConfigLocation(path, "input")), options)
                 for path, message in gathered.unreadable]  # fmt: skip
    subjects += [_told(about_run, RunView(path, limits=(message,), locus=ConfigLocation(path, "input")), options)
                 for path, message in gathered.limits]  # fmt: skip
    subjects.sort(key=lambda subject: subject.subject)
    return Report("lint", mailcheck.__version__, tuple(subjects), not options.stop.asked, fail_on=options.fail_on)


def _told(rules: dict[str, Rule], view: RunView, options: LintOptions) -> SubjectReport:
    findings = judge(rules.values(), view).findings
    return SubjectReport(view.subject, verdict_of(findings, [], options.fail_on), tuple(findings))


def _judged(
    document: Document, rules: Sequence[Rule], about_run: dict[str, Rule], options: LintOptions
) -> SubjectReport:
    judgement = judge(rules, document, locus=ConfigLocation(document.subject, "lint"), most=MOST)
    judgement.findings = _without_echoes(document, judgement.findings)
    try:
        kept, ignored, extra = ignores.apply(document, judgement.findings, options.selection)
    except Exception as error:  # noqa: BLE001  a fault in reading ignores loses no finding
        place = ConfigLocation(document.subject, "ignores")
        extra = [internal_error(document.subject, f"{type(error).__name__}: {error}", place)]
        kept, ignored = judgement.findings, []
    limits = tuple(f"only the first {MOST:,} findings of {code} are told" for code in judgement.cut)
    if any(markup.limited for body in document.html for markup in (*body.variants, *body.outlook)):
        limits = (*limits, f"only the first {MAX_TOKENS:,} tags, texts and comments of a file are read")
    faults = (fault for body in document.bodies for fault in body.template.faults)
    limits = (*limits, *dict.fromkeys(fault.message for fault in faults if fault.key == "limit"))
    if limits:
        locus = ConfigLocation(document.subject, "input")
        extra = [*extra, *judge(about_run.values(), RunView(document.subject, limits=limits, locus=locus)).findings]
    findings, by_config = _per_file([*kept, *extra], options)
    findings.sort(key=_by_place)
    return SubjectReport(
        document.subject,
        verdict_of(findings, judgement.unknown, options.fail_on),
        tuple(findings),
        tuple(judgement.passed),
        tuple(judgement.unknown),
        (*ignored, *by_config),
        document.facts(),
    )


def _without_echoes(document: Document, findings: list[Finding]) -> list[Finding]:
    """What is found in a rendered text as well, or there once a round of a loop, is told once for its line."""
    made = {body.source.how for body in document.bodies} - {""}
    if not made:
        return findings
    echo = [any(each.message in made for each in finding.related) for finding in findings]
    told = {_line(finding) for finding, again in zip(findings, echo, strict=True) if not again}
    kept = []
    for finding, again in zip(findings, echo, strict=True):
        if not again:
            kept.append(finding)
        elif _line(finding) not in told:
            told.add(_line(finding))
            kept.append(finding)
    return kept


def _line(finding: Finding) -> tuple[str, str, int]:
    at = finding.location
    return (finding.code, at.path, at.line) if isinstance(at, FileLocation) else (finding.code, "", 0)


def _by_place(finding: Finding) -> tuple[str, int, str]:
    at = finding.location
    return (at.path, at.offset, finding.code) if isinstance(at, FileLocation) else ("", 0, finding.code)


def _per_file(findings: list[Finding], options: LintOptions) -> tuple[list[Finding], list[Finding]]:
    """What `per-file-ignores` sets aside."""
    if not options.per_file_ignores or not findings:
        return findings, []
    off = [
        (pattern, {entry.code for word in words for entry in registry.matching(word)})
        for pattern, words in options.per_file_ignores.items()
    ]
    kept: list[Finding] = []
    ignored: list[Finding] = []
    for finding in findings:
        path = finding.location.path if isinstance(finding.location, FileLocation) else finding.subject
        gone = any(finding.code in codes and matches(path, pattern) for pattern, codes in off)
        (ignored if gone and not finding.code.startswith("RUN") else kept).append(finding)
    return kept, ignored
