"""Markdown for pull-request comments and step summaries (GitHub Flavored Markdown)."""

import re
from collections.abc import Iterator

from mailcheck.model.finding import Finding
from mailcheck.model.pattern import regex
from mailcheck.model.report import Report, SubjectReport
from mailcheck.report.causes import asked, causes, listed
from mailcheck.report.options import RenderOptions
from mailcheck.report.place import where
from mailcheck.report.remedy import label, lines
from mailcheck.report.sections import BY_FILE, in_reading_order
from mailcheck.report.summary import VERDICTS, subject_counts, totals_text
from mailcheck.report.text import LIMIT, plural, printable

MAX = 65_536
"""Characters of a comment on GitHub."""
_TAIL = 300
"""Characters kept free for the line that says what was cut."""

# What is surely prose: letters and digits of any script with quiet punctuation around or inside. All else goes into
# a code span: markup, links, @mentions, #issues, $formulas$, :emoji:, host names.
_PROSE = regex(r"[(“\"']*[^\W_]+(?:['’–—,-][^\W_]+)*%?[)”\"'.,;:!?…]*|[–—=+-]|…")
_MARKER = regex(r"[-+=]|[0-9]+[.)]+")
"""At the beginning of an item these begin a list in it (or, alone, a heading)."""
_REFERENCE = regex(r"[0-9a-fA-F]{7,}|[A-Za-z]+-[0-9]+")
# A token: what stands in backticks already, with punctuation around it, else what stands between blanks.
_TOKEN = regex(r"([(“\"']*)`([^`]+)`([)”\"'.,;:!?]*)(?= |$)|[^ ]+")
_OUTSIDE = regex(r"([(“\"']*)(.*?)([)”\"'.,;:!?]*)", re.DOTALL)


def code(text: str) -> str:
    """The escaper of values: a code span that its content cannot leave (CommonMark 0.31.2, 6.1)."""
    shown = printable(text)
    if not shown.strip(" "):
        return "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    # One blank at each end is taken off again; needed where the content begins or ends with a backtick or blank.
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: str) -> str:
    """The escaper of sentences: words stay words, everything that Markdown might act on becomes code."""
    words = [_word(token) for token in _TOKEN.finditer(printable(text))]
    if words and _MARKER.fullmatch(words[0]):
        words[0] = code(words[0])
    return " ".join(words) or "(empty)"


def _word(token: re.Match[str]) -> str:
    word = token[0]
    if token[2]:
        return f"{token[1]}{code(token[2])}{token[3]}"
    if _PROSE.fullmatch(word) and not _REFERENCE.search(word):
        return word
    parts = _OUTSIDE.fullmatch(word)
    return f"{parts[1]}{code(parts[2])}{parts[3]}" if parts and parts[2] else code(word)


def block(texts: list[str]) -> list[str]:
    """Lines in a fenced code block that none of them can end (CommonMark 0.31.2, 4.5)."""
    shown = [printable(text) for text in texts]
    fence = "`" * max(3, *(_longest_run(text) + 1 for text in shown))
    return [fence, *shown, fence]


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def render(report: Report, options: RenderOptions) -> str:
    """The verdict first; whole findings until the limit is reached, then how many there are more.

    The limit is that of a comment, in characters, or the octets of `options.room`.
    """
    size = len if options.room is None else _octets
    head = f"## mailcheck {report.command}: {VERDICTS[report.verdict]}\n\n{totals_text(report.summary)}\n"
    if not report.complete:
        head += "\n**Incomplete:** the run was ended before everything was judged.\n"
    room = (MAX if options.room is None else options.room) - _TAIL - size(head)
    out, left = [head], sum(len(subject.findings) for subject in report.subjects)
    for full, short, findings in _blocks(report):
        chosen = full if size(full) <= room else short
        if size(chosen) > room:
            out.append(f"\n**Cut here:** {plural(left, 'more finding')}. The other formats have everything.\n")
            break
        out.append(chosen)
        room -= size(chosen)
        left -= findings
    return "".join(out)


def _octets(text: str) -> int:
    return len(text.encode())


def _blocks(report: Report) -> Iterator[tuple[str, str, int]]:
    """Pieces in order: the text, the text without its fixes, and how many findings it tells."""
    clean = report.command in BY_FILE
    for subject in sorted(report.subjects, key=lambda each: list(VERDICTS).index(each.verdict)):
        if clean and not subject.findings and not subject.unknown:
            continue
        title = (
            f"\n### {code(subject.subject)}: {VERDICTS[subject.verdict]}\n\n{totals_text(subject_counts(subject))}\n"
        )
        yield title, title, 0
        for finding in sorted(in_reading_order(report.command, subject.findings), key=_rank):
            head, fixes = _finding(finding), _fixes(finding)
            yield head + fixes, head + ("  - The fix is too long for a comment.\n" if fixes else ""), 1
        yield from ((text, text, 0) for text in _unknown(subject))


def _rank(finding: Finding) -> int:
    return finding.severity.rank if finding.severity else 9


def _finding(finding: Finding) -> str:
    preview = " (preview)" if finding.preview else ""
    name = code(finding.code)
    if re.fullmatch(r"[A-Z0-9]+ https://[A-Za-z0-9./-]+", f"{finding.code} {finding.url}"):
        name = f"[{finding.code}]({finding.url})"
    place = code(printable(where(finding.location), limit=LIMIT))
    message = prose(printable(finding.message, limit=LIMIT))
    # Nothing of a stranger's begins a line: there it could begin a list, a heading or a quotation.
    head = f"\n- **{finding.severity}**{preview} {name} {code(finding.name)}: {message}  \n  at {place}\n"
    related = "".join(
        f"  - See {code(printable(where(each.location), limit=LIMIT))}: {prose(printable(each.message, limit=LIMIT))}\n"
        for each in finding.related
    )
    return head + related


def _fixes(finding: Finding) -> str:
    out: list[str] = []
    for fix in finding.fixes:
        out.append(f"  - {label(fix)}: {prose(printable(fix.title, limit=LIMIT))}")
        changes = lines(fix)
        zone = [text for role, text in changes if role == "zone"]
        out += [
            f"    - {code(printable(text, limit=120)) if role == 'old' else prose(text)}"
            for role, text in changes
            if role != "zone"
        ]
        out += ["", *(f"    {text}" for text in block(zone))] if zone else []
    return "".join(f"{line}\n" for line in out)


def _unknown(subject: SubjectReport) -> Iterator[str]:
    for cause in causes(subject.unknown):
        questions = f"\n  Asked: {prose(asked(cause, 10))}  " if cause.questions else ""
        reason = prose(printable(cause.text, limit=LIMIT))
        yield f"\n- **not determined**: {reason}  {questions}\n  Open: {prose(listed(cause.rules, 10))}\n"
