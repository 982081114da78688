"""Which bodies are rendered or compiled, and what becomes of the answers."""

import re
from collections.abc import Iterator, Sequence

from mailcheck.lint import dialects
from mailcheck.lint.composition import Composer
from mailcheck.lint.document import Body, Document
from mailcheck.lint.files import Unreadable
from mailcheck.lint.options import LintOptions
from mailcheck.lint.references import EXTENDS, INCLUDE, references
from mailcheck.lint.rendering.alignment import aligned
from mailcheck.lint.rendering.worker import Answer, Job, render
from mailcheck.lint.template import DECLARED, OUTPUT, SUFFIX, Template
from mailcheck.model.pattern import regex

ENGINES = {"jinja": "jinja", "curly": "jinja", "liquid": "liquid", "mustache": "mustache"}
"""Template language -> engine. A text with nothing but {{ name }} is rendered as Jinja, which refuses unknown names."""
EXTRAS = {"liquid": "liquid", "pystache": "mustache", "mrml": "mjml"}
"""Library -> extra that installs it."""
MAX_FILES = 200
"""Templates that one job may bring in."""
_TOKEN = regex(r"mctag(\d{1,7})x")
_MJML = regex(r"<mjml\b", re.IGNORECASE)

Placed = Sequence[tuple[Document, Body, str]]
Told = list[tuple[str, str]]


def add_rendered(placed: Placed, composer: Composer, options: LintOptions, unreadable: Told, limits: Told) -> None:
    """Put beside each body what it becomes with the data; tell what cannot be rendered."""
    from mailcheck.lint.rendering.data import read_data

    path = options.data
    if path is None:
        return
    name = str(path)
    try:
        data = read_data(path)
    except Unreadable as error:
        unreadable.append((name, f"{name}: {error}"))
        return
    how = f"in the text as {path.name} renders it"
    chosen: list[tuple[Document, Body, str]] = []
    jobs: list[Job] = []
    others: set[str] = set()
    for document, body, place in placed:
        if not body.template.tags and body.template.dialect == "plain":
            continue
        engine = ENGINES.get(body.template.dialect)
        if engine is None:
            others.add(body.template.dialect)
        elif not (place and document.composed(body).part):
            chosen.append((document, body, place))
            text = body.template.text[body.start :]
            jobs.append(Job(engine, text, _files(composer, body, place), html=body.media == "html"))
    missing: set[str] = set()
    for (document, body, place), answer in zip(chosen, render(jobs, data), strict=True):
        if answer.missing:
            missing.add(answer.missing)
        elif answer.own:
            limits.append((body.source.path, f"{_told(body, answer, path.name)}; it is judged as it stands"))
        elif answer.text is None:
            unreadable.append((body.source.path, _told(body, answer, path.name)))
        else:
            _add(document, body, place, composer, answer.text, how)
    for library in sorted(missing):
        extra = EXTRAS.get(library, library)
        unreadable.append((name, f"{name}: rendering needs the extra {extra}: pip install 'mailcheck-cli[{extra}]'"))
    if others:
        languages = ", ".join(sorted(others))
        limits.append((name, f"{name}: Jinja, Liquid and Mustache are rendered; judged as they stand: {languages}"))


def add_compiled(placed: Placed, composer: Composer) -> None:
    """Put beside each MJML body the HTML that it becomes, where the compiler is installed."""
    chosen = [each for each in placed if each[1].media == "html" and _MJML.search(each[1].template.text)]
    if not chosen:
        return
    from importlib.util import find_spec

    if find_spec("mrml") is None:
        return
    jobs, tags = [], []
    for _, body, place in chosen:
        kept: list[str] = []
        text = _tokens(body.template, kept)[body.start :]
        files = {
            name: _tokens(other.template, kept) for name, other in _reached(composer, body, place)
        }  # fmt: skip
        jobs.append(Job("mjml", text, files, html=True))
        tags.append(kept)
    for (document, body, place), kept, answer in zip(chosen, tags, render(jobs, {}), strict=True):
        if answer.text is None:
            # With tags in it, a text that does not compile may well compile once they are filled in.
            continue
        text = _filled(answer.text, kept)
        sources = [body, *(other for _, other in _reached(composer, body, place))]
        begins = [each.start for each in sources]
        source = aligned(text, [each.source for each in sources], begins, "in the HTML that MJML compiles to")
        template = dialects.read(text, body.template.dialect, origin=body.template.origin)
        document.bodies = (*document.bodies, Body(source, template, "html"))


def _filled(text: str, kept: Sequence[str]) -> str:
    """The tags again in the place of their words."""

    def tag(match: "re.Match[str]") -> str:
        number = int(match[1])
        return kept[number] if number < len(kept) else match[0]

    return _TOKEN.sub(tag, text)


def _files(composer: Composer, body: Body, place: str) -> dict[str, str]:
    return {name: other.template.text[other.start :] for name, other in _reached(composer, body, place)}


def _reached(composer: Composer, body: Body, place: str) -> Iterator[tuple[str, Body]]:
    """Every template that a body brings in, by the name under which it is asked for."""
    if not place:
        return
    seen: set[str] = set()
    waiting = [(body, place)]
    while waiting:
        inner, where = waiting.pop(0)
        for each in references(inner.template):
            if each.kind not in {EXTENDS, INCLUDE}:
                continue
            for name in each.names:
                if name in seen or len(seen) >= MAX_FILES:
                    continue
                seen.add(name)
                target, _ = composer.resolve(name, where, inner.template.dialect)
                other = composer.body(target, body.media) if target else None
                if other is not None and target is not None:
                    yield name, other
                    waiting.append((other, target))


def _add(document: Document, body: Body, place: str, composer: Composer, text: str, how: str) -> None:
    sources = [body, *(other for _, other in _reached(composer, body, place))]
    source = aligned(text, [each.source for each in sources], [each.start for each in sources], how)
    # Tags of a second language are the next program's: what is rendered here is not yet what is sent.
    later = any(tag.language for each in sources for tag in each.template.tags)
    made = Body(
        source, dialects.read(text, "plain", origin=SUFFIX if later else DECLARED), body.media, rendered=not later
    )
    document.bodies = (*document.bodies, made)


def _told(body: Body, answer: Answer, data: str) -> str:
    line = ""
    if answer.line:
        before = body.template.text.count("\n", 0, body.start)
        line = f":{answer.line + before}"
    return f"{body.source.path}{line}: cannot be rendered with {data}: {answer.error}"


def _tokens(template: Template, kept: list[str]) -> str:
    """A text whose output is a word that survives the compiler, statements and all branches but the first blanked."""
    masked = template.variants[0]
    parts, at = [], 0
    for tag in template.tags:
        if tag.kind != OUTPUT or tag.start < at or masked[tag.start : tag.start + 1] != "x":
            continue
        parts.append(masked[at : tag.start])
        parts.append(f"mctag{len(kept)}x")
        kept.append(template.text[tag.start : tag.end])
        at = tag.end
    parts.append(masked[at:])
    return "".join(parts)
