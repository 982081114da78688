"""Make data/subjects/confusables.json: the Cyrillic and Greek letters that Unicode's table of confusables (UTS 39) maps
to one Latin letter.

    pip download --no-deps confusable_homoglyphs==3.3.1 -d DIR
    python tools/confusables.py DIR/confusable_homoglyphs-*.whl

That package ships Unicode's confusables.txt as JSON. Only what the linter needs is taken.
"""

import json
import sys
import zipfile
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src" / "mailcheck" / "data" / "subjects" / "confusables.json"
# Letters that readers take for the Latin one although the table has another skeleton (i, l and 1 are one there).
ALSO = {"і": "i", "ї": "i", "Ӏ": "l", "ӏ": "l", "І": "I", "ι": "i", "Ι": "I", "к": "k", "К": "K", "м": "m", "т": "t",
        "н": "h", "в": "b", "г": "r", "п": "n", "и": "u", "κ": "k", "τ": "t", "η": "n"}  # fmt: skip


def main(wheel: str) -> None:
    """Read the wheel, write the table."""
    with zipfile.ZipFile(wheel) as archive:
        data = json.loads(archive.read("confusable_homoglyphs/confusables.json"))
    letters = dict(ALSO)
    for char, others in data.items():
        if not ("\u0370" <= char <= "\u052f" or "\u1f00" <= char <= "\u1fff") or not char.isalpha():
            continue
        latin = [each["c"] for each in others if each["c"].isascii() and each["c"].isalpha() and len(each["c"]) == 1]
        same = [each for each in latin if each.islower() == char.islower()]
        if latin and char not in letters:
            letters[char] = (same or latin)[0]
    table = {
        "source": "confusables.txt of Unicode Technical Standard 39, as shipped by confusable_homoglyphs 3.3.1 (MIT), "
        "Cyrillic and Greek letters only; made by tools/confusables.py",
        "licence": "Unicode License v3 (data), MIT (package)",
        "date": "2026-11-28",
        "letters": dict(sorted(letters.items())),
    }
    TARGET.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
