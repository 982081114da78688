"""Fill `claims` of data/subjects/languages.json: the words of each language pack that no other pack has.

They tell a language where a subject and a short body hold few of the small words. Run it after a pack has changed.
"""

import json
import re
from collections import Counter
from pathlib import Path

from mailcheck.lint.subjects.folding import folded
from mailcheck.lint.subjects.packs import FULL, load

TARGET = Path(__file__).parent.parent / "src" / "mailcheck" / "data" / "subjects" / "languages.json"
_WORD = re.compile(r"(?<![\\\w(?\[])[^\W\d_]{4,}(?![\w?*+{\[(])")


def words(language: str) -> set[str]:
    """The whole words that stand in a pack's patterns, folded."""
    pack = load(language)
    assert pack is not None
    groups = pack.data["groups"].values()
    return {folded(word) for group in groups for pattern in group for word in _WORD.findall(pattern.replace("?:", " "))}


def main() -> None:
    """Write the file anew."""
    data = json.loads(TARGET.read_text("utf-8"))
    own = {language: words(language) for language in FULL}
    counts = Counter(word for each in own.values() for word in each)
    data["claims"] = {language: sorted(word for word in own[language] if counts[word] == 1) for language in FULL}
    lines = [
        f' "{key}": {_block(value) if isinstance(value, dict) else json.dumps(value)}' for key, value in data.items()
    ]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def _block(value: dict[str, object]) -> str:
    return (
        "{\n" + ",\n".join(f'  "{key}": {json.dumps(each, ensure_ascii=False)}' for key, each in value.items()) + "\n }"
    )


if __name__ == "__main__":
    main()
