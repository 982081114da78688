"""The safe fixes of real rules on real templates: what they promise, over all fixtures."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

import mailcheck
from mailcheck.lint import files
from mailcheck.lint.fixing import Outcome, candidates, repair
from mailcheck.lint.gather import read_template
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_paths
from mailcheck.lint.source import Source
from mailcheck.model.fix import Step
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity

FIXTURES = Path(__file__).parents[2] / "fixtures"


class Repaired:
    """All fixtures in one folder, before and after their safe fixes."""

    def __init__(self, folder: Path) -> None:
        for name in ("templates", "rules"):
            shutil.copytree(FIXTURES / name, folder / name)
        self.options = LintOptions(Selection.of(), root=folder)
        self.before = self.judge({})
        paths = {edit.path for each in candidates(self.before) for edit in each.edits}
        sources = {
            path: files.decode((folder / path).read_bytes(), path) for path in paths if not path.endswith(".eml")
        }
        self.texts = {path: source.text for path, source in sources.items()}
        self.outcome: Outcome = repair(self.before, self.texts, self.judge, self.tags)

    def judge(self, texts: Mapping[str, str]) -> Report:
        return lint_paths([str(self.options.root)], self.options.with_texts(texts))

    def tags(self, path: str, text: str) -> list[tuple[int, int]]:
        return [(tag.start, tag.end) for tag in read_template(Source(path, text), self.options).tags]


@pytest.fixture(scope="module")
def repaired(tmp_path_factory: pytest.TempPathFactory) -> Repaired:
    return Repaired(tmp_path_factory.mktemp("fixtures"))


def grave(report: Report) -> Counter[tuple[str, str]]:
    return Counter(
        (subject.subject, finding.code)
        for subject in report.subjects
        for finding in (*subject.findings, *subject.ignored)
        if finding.severity is Severity.ERROR or finding.code.startswith("TPL")
    )


def test_there_are_fixes_to_test(repaired: Repaired) -> None:
    """Of several families, in several languages."""
    families = {each.finding.code[:3] for each in repaired.outcome.applied}
    assert families >= {"ACC", "HTM", "TPL"}
    assert len({path.rpartition(".")[2] for path in repaired.outcome.texts}) >= 3


def test_no_fix_of_a_rule_has_to_be_taken_back(repaired: Repaired) -> None:
    """The engine would catch it; a rule that relies on that calls a fix safe that is none."""
    assert [(each.finding.code, each.finding.subject, each.fix.title) for each in repaired.outcome.refused] == []


def test_no_error_and_no_fault_of_the_template_comes_up(repaired: Repaired) -> None:
    after = grave(repaired.judge(repaired.outcome.texts))
    assert after - grave(repaired.before) == Counter()


def test_nothing_is_left_to_repair(repaired: Repaired) -> None:
    left = [each for each in candidates(repaired.outcome.report) if each.finding.location.kind == "file"]
    assert [(each.finding.code, each.edits[0].path) for each in left if each.edits[0].path in repaired.texts] == []


def test_tags_are_as_they_were(repaired: Repaired) -> None:
    """But for those that a finding is about."""
    about = {
        edit.path for each in repaired.outcome.applied if each.finding.code[:3] in {"TPL", "IGN"} for edit in each.edits
    }
    for path, text in repaired.outcome.texts.items():
        if path not in about:
            old = repaired.texts[path]
            assert [text[start:end] for start, end in repaired.tags(path, text)] == [
                old[start:end] for start, end in repaired.tags(path, old)
            ]


def test_line_ends_are_as_they_were(repaired: Repaired) -> None:
    for path, text in repaired.outcome.texts.items():
        kinds = set(re.findall(r"\r\n|\r|\n", repaired.texts[path]))
        assert set(re.findall(r"\r\n|\r|\n", text)) <= kinds or not kinds


def test_json_templates_stay_json(repaired: Repaired) -> None:
    for path, text in repaired.outcome.texts.items():
        if path.endswith(".json"):
            assert json.loads(text).keys() == json.loads(repaired.texts[path]).keys()


@pytest.mark.parametrize(
    ("path", "tag", "own"),
    [
        ("a.html.j2", "{{ user.bio|safe }}", "{{ user.bio }}"),
        ("a.hbs", "{{{bio}}}", "{{bio}}"),
        ("a.hbs", "{{& bio}}", "{{bio}}"),
        ("a.blade.php", "{!! $order->note !!}", "{{ $order->note }}"),
        ("a.html.erb", "<%== @user.bio %>", "<%= @user.bio %>"),
        ("a.html.erb", "<%= @user.bio.html_safe %>", "<%= @user.bio %>"),
        ("a.html.erb", "<%= raw(@user.bio) %>", "<%= @user.bio %>"),
        ("a.cshtml", "@Html.Raw(Model.Bio)", "@Model.Bio"),
        ("a.ftl", "${user.bio?no_esc}", "${user.bio}"),
        ("a.smarty", "{$user.bio nofilter}", "{$user.bio}"),
    ],
)
def test_the_tag_as_it_escapes_is_given(path: str, tag: str, own: str) -> None:
    report = mailcheck.lint_text(f"<p>{tag}</p>\n", path=path)
    (finding,) = [each for each in report.subjects[0].findings if each.code == "SEC010"]
    assert [change.text for fix in finding.fixes for change in fix.changes if isinstance(change, Step)] == [own]
