"""Tags of another language inside a template: Mailchimp's in ERB, SendGrid's in Jinja's raw block, {{ }} in MJML.

They are the next program's business. Masked like the template's own, they hide nothing and fake nothing; each carries
the name of its language. Their faults are not told: nobody knows here whether they are tags at all.
"""

from bisect import bisect_right
from importlib import import_module

from mailcheck.lint.blocks import pair
from mailcheck.lint.template import MAX_TAGS, OUTPUT, Block, Scan, Tag, filler
from mailcheck.model.pattern import regex

_PERCENT = frozenset({"jinja", "django", "twig", "hubl", "liquid", "braze", "generic"})
_MARKS = (
    # The language, what shows it, and the languages that write this themselves.
    ("mailchimp", "*|", frozenset({"mailchimp"})),
    ("ampscript", "%%", frozenset({"ampscript"})),
    ("erb", "<%", frozenset({"erb"})),
    ("generic", "{%", _PERCENT),
    ("curly", "{{", _PERCENT | {"handlebars", "mustache", "curly", "go", "blade"}),
)
_DOLLAR = regex(r"\$\{[A-Za-z_][\w.]{0,100}\}")
_SURE = {"erb": regex(r"<%[=\-#]|<%\s*(?:end|else|if|unless|asm_|\w+\.each)|<%\w+%>")}
"""What must be there before a mark is believed."""


def add(text: str, dialect: str, scan: Scan) -> list[Block]:
    """Put the tags of other languages into the scan, in order; gives their blocks."""
    blocks: list[Block] = []
    raw_curly = any("{{" in text[start:end] for start, end in scan.raw)
    wanted = [
        name for name, mark, own in _MARKS if mark in text and (dialect not in own or (name == "curly" and raw_curly))
    ]
    dollars = "${" in text and dialect not in {"freemarker", "braze"}
    if not wanted and not dollars:
        return blocks
    left = _without(text, scan.tags)
    for name in wanted:
        seen = _only(left, scan.raw) if name == "curly" and raw_curly and dialect != "plain" else left
        sure = _SURE.get(name)
        if sure is not None and not sure.search(seen):
            continue
        module = import_module(f"mailcheck.lint.dialects.{name}")
        other = module.scan(seen)
        stumps = {(fault.start, fault.end) for fault in other.faults if fault.key == "unclosed"}
        other.tags = _free([tag for tag in other.tags if (tag.start, tag.end) not in stumps], scan.tags)
        blocks += pair(other, module.PAIRING)
        left = _take(other.tags, name, scan, left)
    if dollars:
        found = [Tag(match.start(), match.end(), OUTPUT, "", match[0][2:-1]) for match in _DOLLAR.finditer(left)]
        _take(_free(found, scan.tags), "freemarker", scan, left)
    return blocks


def _free(tags: list[Tag], taken: list[Tag]) -> list[Tag]:
    """The tags that overlap none of those that are taken; both stand in order."""
    starts = [tag.start for tag in taken]
    ends = [tag.end for tag in taken]
    found = []
    for tag in tags:
        at = bisect_right(ends, tag.start)
        if at == len(starts) or starts[at] >= tag.end:
            found.append(tag)
    return found


def _take(tags: list[Tag], name: str, scan: Scan, left: str) -> str:
    tags = tags[: max(0, MAX_TAGS - len(scan.tags))]
    for tag in tags:
        tag.language = name
    scan.tags = sorted((*scan.tags, *tags), key=lambda tag: tag.start)
    return _without(left, tags)


def _without(text: str, tags: list[Tag]) -> str:
    """The text with blanks for tags: what other languages may still claim."""
    parts, at = [], 0
    for tag in tags:
        if tag.start >= at:
            parts += [text[at : tag.start], filler(text[tag.start : tag.end], " ")]
            at = tag.end
    parts.append(text[at:])
    return "".join(parts)


def _only(text: str, ranges: list[tuple[int, int]]) -> str:
    """The ranges of a text, blanks for the rest."""
    parts, at = [], 0
    for start, end in sorted(ranges):
        if start >= at:
            parts += [filler(text[at:start], " "), text[start:end]]
            at = end
    parts.append(filler(text[at:], " "))
    return "".join(parts)
