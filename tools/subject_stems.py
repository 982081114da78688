"""Fill `stems` of every language pack: for each group, pieces of text of which one must stand where it matches.

A group of which no piece stands in a text need not be compiled, and compiling is most of what judging a subject costs.
Run it after a pack has changed, behind tools/subject_words.py; a test keeps the pieces true.
"""

import json
import re._parser as parser  # type: ignore[import-not-found]
from typing import Any

from mailcheck.lint.subjects.packs import FOLDER, LANGUAGES, load

MOST = 400
"""Pieces of a group; with more, looking for them saves nothing."""


def required(sequence: Any) -> set[str] | None:
    """Pieces of which one stands in whatever the sequence matches, the longest. None: nothing is sure."""
    found: list[set[str]] = []
    run = ""
    for kind, value in sequence:
        if kind is parser.LITERAL:
            run += chr(value)
            continue
        found += [{run}] if run else []
        run = ""
        inner = None
        if kind is parser.SUBPATTERN:
            inner = required(value[3])
        elif kind is parser.BRANCH:
            branches = [required(each) for each in value[1]]
            inner = set().union(*branches) if all(branches) else None
        elif kind in (parser.MAX_REPEAT, parser.MIN_REPEAT) and value[0] >= 1:
            inner = required(value[2])
        found += [inner] if inner else []
    found += [{run}] if run else []
    return max(found, key=lambda each: (min(map(len, each)), -len(each)), default=None)


def stems(language: str) -> dict[str, list[str]]:
    """The pieces of each group of a pack."""
    pack = load(language)
    assert pack is not None
    known = {}
    for name, alternatives in pack.data["groups"].items():
        sets = [required(parser.parse(pack.expanded(each))) for each in alternatives]
        if sets and all(sets):
            pieces = set().union(*sets)
            kept = {each for each in pieces if not any(other != each and other in each for other in pieces)}
            if len(kept) <= MOST and min(map(len, kept)) >= 1:
                known[name] = sorted(kept)
    return known


def main() -> None:
    """Write the packs anew."""
    for language in LANGUAGES:
        path = FOLDER / f"{language}.json"
        text = path.read_text("utf-8")
        old = json.loads(text)
        rows = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in stems(language).items())
        head, _, groups = text.partition(' "groups": {')
        head = head.partition(' "stems": {')[0]
        path.write_text(f'{head} "stems": {{\n{rows}\n }},\n "groups": {{{groups}', "utf-8")
        assert json.loads(path.read_text("utf-8"))["groups"] == old["groups"]


if __name__ == "__main__":
    main()
