"""Reading Markdown as CommonMark 0.31.2 says where code is (4.5 fenced code blocks, 6.1 code spans)."""

import re


def outside_code(text: str) -> str:
    """The text without its code blocks and code spans: what a renderer would act on."""
    out: list[str] = []
    fence = ""
    for line in text.split("\n"):
        opened = re.match(r" *(`{3,})[^`]*$", line)
        if fence:
            if opened and len(opened[1]) >= len(fence) and line.strip() == opened[1]:
                fence = ""
        elif opened:
            fence = opened[1]
        else:
            out.append(line)
    assert not fence, "a code block is not closed"
    return _without_spans("\n".join(out))


def _without_spans(text: str) -> str:
    out, at = [], 0
    runs = [(run.start(), run.end()) for run in re.finditer("`+", text)]
    while runs:
        start, end = runs.pop(0)
        out.append(text[at:start])
        close = next((number for number, run in enumerate(runs) if run[1] - run[0] == end - start), None)
        assert close is not None, f"a backtick stands open: {text[start : start + 60]!r}"
        at = runs[close][1]
        runs = runs[close + 1 :]
    return "".join(out) + text[at:]
