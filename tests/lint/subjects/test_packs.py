"""Language packs: every pattern compiles, every full pack knows every kind of claim, and says what it is there for."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from mailcheck.lint.subjects.packs import FOLDER, FULL, LANGUAGES, load

EXAMPLES = json.loads((Path(__file__).parents[3] / "fixtures" / "subjects" / "phrases.json").read_text("utf-8"))
GROUPS = {
    "counter", "deadline_today", "deadline_tomorrow", "deadline_hours", "deadline_days", "deadline_weekday",
    "deadline_date", "deadline_open", "free", "free_condition", "not_free", "up_to", "midnight",
}  # fmt: skip
CLAIMS = GROUPS | {
    "security", "transactional", "transactional_body", "prize", "guaranteed", "money_back", "request", "name_content",
    "from_price", "below",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pack_is_whole(language: str) -> None:
    pack = load(language)
    assert pack is not None
    assert pack.data["language"] == language
    assert pack.data["source"]
    assert (CLAIMS if language in FULL else GROUPS) <= set(pack.data["groups"])
    for name in pack.data["groups"]:
        assert isinstance(pack.compiled(name), re.Pattern)


def test_every_file_of_a_language_is_a_pack() -> None:
    names = {path.stem for path in FOLDER.glob("*.json") if len(path.stem) == 2}
    assert names == set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "group", "text", "found"),
    [
        (language, group, text, found)
        for language, groups in EXAMPLES.items()
        for group, lists in groups.items()
        for found, texts in ((True, lists["yes"]), (False, lists["no"]))
        for text in texts
    ],
)
def test_examples(language: str, group: str, text: str, found: bool) -> None:
    from mailcheck.lint.subjects.folding import folded

    pack = load(language)
    assert pack is not None
    assert (pack.group(group).search(folded(text)) is not None) is found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pieces_of_a_group_leave_nothing_out(language: str) -> None:
    """`stems` spares compiling a group, and never changes what it finds (tools/subject_stems.py writes them)."""
    from mailcheck.lint.subjects.folding import folded

    path = Path(__file__).parents[3] / "fixtures" / "subjects" / "work" / f"{language}.toml"
    cases = tomllib.loads(path.read_text("utf-8"))["case"]
    texts = [folded(case[key]) for case in cases for key in ("subject", "body")]
    pack = load(language)
    assert pack is not None
    assert len(pack.data["stems"]) > 5
    for name in pack.data["groups"]:
        group, pattern = pack.group(name), pack.compiled(name)
        for text in texts:
            assert (group.search(text) is None) is (pattern.search(text) is None), (name, text)
