"""Precision and recall of the rules about subjects on the labelled set of fixtures/subjects/, both halves.

    python benchmarks/subjects.py [--misses HALF] [--write]

A rule is right about a case where it speaks and is expected, and where it is silent and is not. --misses lists the
cases of one half that it is wrong about.
"""

import argparse
import tomllib
from datetime import date
from email.header import Header
from pathlib import Path
from typing import Any

from figures import write_readme

from mailcheck.ledger.entries import Entry, entry
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_source, lint_try
from mailcheck.lint.subjects.trying import Try
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "fixtures" / "subjects"
HALVES = ("work", "held")


def cases(half: str) -> list[dict[str, Any]]:
    """The cases of a half, in the order of their files."""
    return [
        case | {"language": path.stem}
        for path in sorted((FOLDER / half).glob("*.toml"))
        for case in tomllib.loads(path.read_text("utf-8"))["case"]
    ]


def judged(case: dict[str, Any]) -> Report:
    """A case as the command would see it."""
    options = LintOptions(
        Selection.of(("ALL",)), root=ROOT, kind=case.get("kind"), now=case.get("now"), ledger=_ledger(case)
    )
    if "now" not in case:
        # A case without a day does not depend on it; today is no part of the figures.
        options.now = date(2026, 11, 28)
    if "headers" in case:
        return lint_source(_message(case), "case.eml", options)
    given = Try(
        case["subject"],
        preheader=case.get("preheader"),
        from_name=case.get("from_name"),
        body=case["body"].strip("\n"),
        offer=case.get("offer"),
    )
    return lint_try(given, options)


def _ledger(case: dict[str, Any]) -> tuple[Entry, ...]:
    return tuple(
        entry(each["date"], "earlier", each["subject"], each.get("offer"), each.get("ends"))
        for each in case.get("ledger", ())
    )


def _message(case: dict[str, Any]) -> str:
    fields = {"From": "Sender <sender@sender.example>", "MIME-Version": "1.0", **case["headers"]}
    fields["Subject"] = case["subject"]
    body = case["body"].strip("\n")
    fields.setdefault("Content-Type", f"text/{'html' if '<p>' in body else 'plain'}; charset=utf-8")
    lines = [
        f"{name}: {value if value.isascii() or name == 'From' else Header(value, 'utf-8').encode()}"
        for name, value in fields.items()
    ]
    return "\n".join([*lines, "", body, ""])


class Score:
    """What one rule got right and wrong on one half."""

    def __init__(self) -> None:
        self.right = self.false = self.missed = 0

    @property
    def precision(self) -> float:
        """The share of what it said that was expected."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """The share of what was expected that it said."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def measure(half: str, wrong: list[str] | None = None) -> dict[str, Score]:
    """The score of every rule that is named in the set; `wrong` is filled with the cases it is wrong about."""
    every = {name for each in HALVES for case in cases(each) for name in case["expect"]}
    scores = {name: Score() for name in sorted(every)}
    for case in cases(half):
        report = judged(case)
        found = {finding.name for subject in report.subjects for finding in subject.findings}
        for name in every & found | set(case["expect"]):
            score = scores[name]
            if name in found and name in case["expect"]:
                score.right += 1
            elif name in found:
                score.false += 1
            else:
                score.missed += 1
            if wrong is not None and (name in found) != (name in case["expect"]):
                wrong.append(f"{case['id']}: {'+' if name in found else '-'}{name}: {case['subject']}")
        if "internal-error" in found and wrong is not None:
            wrong.append(
                f"{case['id']}: a rule failed: "
                + "; ".join(f.message for s in report.subjects for f in s.findings if f.name == "internal-error")
            )
    return scores


def main() -> None:
    """Print the table, or what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", choices=HALVES)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    if args.misses:
        wrong: list[str] = []
        measure(args.misses, wrong)
        print("\n".join(wrong))
        return
    work, held = measure("work"), measure("held")
    rows = [
        "| rule | precision, work | recall, work | precision, held | recall, held |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows += [
        f"| {name} | {_figure(work[name], 'precision')} | {_figure(work[name], 'recall')} "
        f"| {_figure(held[name], 'precision')} | {_figure(held[name], 'recall')} |"
        for name in work
    ]
    text = "\n".join(rows) + "\n"
    print(text)
    if args.write:
        write_readme("subjects", text)


def _figure(score: Score, what: str) -> str:
    below = score.right + (score.false if what == "precision" else score.missed)
    return f"{getattr(score, what):.2f} ({score.right} of {below})"


if __name__ == "__main__":
    main()
