"""TPL: what the template's own engine refuses, or sends as it stands."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mailcheck.lint.document import Body, Document
from mailcheck.lint.foreign_syntax import TITLES, Misplaced, left_over, misplaced
from mailcheck.lint.tag_text import bare, code_tags, language
from mailcheck.lint.template import CLOSE, OPEN, Fault, Tag
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

MAX_FINDINGS = 50
"""Findings of one rule in one text; the last says that there are more."""
_LENIENT = frozenset({"mailchimp", "ampscript", "curly", "generic", "plain"})
"""Languages that send as text what they cannot read; all others refuse the whole template."""


def written(document: Document) -> list[Body]:
    """The texts that a template language will still read."""
    return [body for body in document.bodies if not body.rendered]


def _some(findings: Iterable[Finding], body: Body) -> Iterator[Finding]:
    """At most so many of one text."""
    for number, finding in enumerate(findings):
        if number == MAX_FINDINGS:
            start = len(body.source.text)
            yield body.finding(
                f"there are more than {MAX_FINDINGS} of these in this text; the others are not listed",
                max(0, start - 1),
                start,
                severity=finding.severity,
                fix=steps("repair those above, and check again"),
            )
            return
        yield finding


def _outcome(body: Body, key: str = "unclosed") -> str:
    """What will happen to the mail."""
    dialect = body.template.dialect
    if dialect == "generic" and key == "unbalanced":
        return "the engine refuses the template, and nothing is sent"
    if dialect not in _LENIENT:
        return f"{TITLES[dialect]} refuses the template, and nothing is sent"
    if key == "unbalanced":
        return "what follows is hidden or shown to the wrong readers, or the sending fails"
    return "readers see it as text"


@rule("TPL001", "unclosed-tag", Severity.ERROR, since="0.1")
def unclosed_tag(document: Document) -> Result:
    """A tag or block of the template language is not closed, or closes nothing.

    Why: The engine refuses the whole template, so the mail is not sent; engines that are lenient send the tag as text, or hide the rest of the message in it.
    Bad:
    {file welcome.html.j2}
    <p>{% if name %}Hello {{ name }}</p>
    Good:
    {file welcome.html.j2}
    <p>{% if name %}Hello {{ name }}{% endif %}</p>
    Fix: Write the missing end, or take away the one that is too many.
    References: the template language's own manual; docs/template-languages.md
    """
    for body in written(document):
        faults = [fault for fault in body.template.faults if fault.key in {"unclosed", "unbalanced"}]
        yield from _some((_unpaired(body, fault) for fault in faults), body)


def _unpaired(body: Body, fault: Fault) -> Finding:
    related: tuple[Related, ...] = ()
    if fault.related is not None:
        related = (Related("here another block ends", body.location(*fault.related)),)
    return body.finding(
        f"{fault.message}: {_outcome(body, fault.key)}",
        fault.start,
        fault.end,
        fix=_remedy(body, fault),
        related=related,
    )


def _remedy(body: Body, fault: Fault) -> Fix:
    if fault.key == "unclosed":
        closer = re.search(r"“([^”]*)” is missing", fault.message)
        mark = closer[1] if closer else ""
        return steps(f"write {mark} where the tag ends")
    tag = body.template.tag_at(fault.start)
    if tag is None or tag.kind == CLOSE:
        return steps("take this tag away, or open the block that it is to close")
    if tag.kind == OPEN:
        return steps(f"write {ending(body.template.dialect, tag)} where the block ends")
    if "never closed" in fault.message:
        return steps(f"write {ending(body.template.dialect, tag)} where the block ends")
    return steps("take this tag away, or open the block that it is to divide")


def ending(dialect: str, tag: Tag) -> str:
    """What closes a block, as its language writes it."""
    word = tag.keyword.lstrip("#^>*/")
    match dialect:
        case "handlebars" | "mustache":
            return f"{{{{/{word}}}}}"
        case "go":
            return "{{ end }}"
        case "erb":
            return "<% } %>" if tag.expression.endswith("{") else "<% end %>"
        case "blade":
            return f"@end{'if' if word in {'hasSection', 'sectionMissing'} else word}"
        case "razor":
            return "}"
        case "freemarker":
            return f"</{'' if word.startswith('@') else '#'}{word}>"
        case "smarty":
            return f"{{/{word}}}"
        case "mailchimp":
            return f"*|END:{'IF' if word == 'IFNOT' else word}|*"
        case "ampscript":
            return "%%[ NEXT ]%%" if word == "for" else "%%[ ENDIF ]%%"
        case _:
            return f"{{% end{word} %}}"


@rule("TPL003", "foreign-syntax", Severity.ERROR, since="0.1", fix=Fixable.SAFE)
def foreign_syntax(document: Document) -> Result:
    """A tag is written in another template language than the template's own.

    Why: The engine refuses what it does not know, and the mail is not sent; or it leaves the tag as it is, and every reader gets “Hello *|FNAME|*”. Only templates whose language is certain, by their suffix or by the configuration, are judged.
    Bad:
    {file welcome.html.j2}
    <p>{% if a %}A{% elsif b %}B{% endif %}</p>
    Good:
    {file welcome.html.j2}
    <p>{% if a %}A{% elif b %}B{% endif %}</p>
    Fix: Write it in the template's own language. Where a sending service is to fill in the tag, wrap it in a raw block, or name the template's language in [templates] and ignore this rule there.
    References: docs/template-languages.md
    """
    for body in written(document):
        nunjucks = body.source.path.endswith((".njk", ".nunjucks"))
        found = (_foreign(body, each) for each in misplaced(body.template, nunjucks=nunjucks))
        yield from _some(found, body)
        neighbours = [each.template for each in document.composed(body).bodies]
        yield from _some((_left_over(body, tag) for tag in left_over(body.template, neighbours)), body)


def _foreign(body: Body, each: Misplaced) -> Finding:
    title = TITLES[body.template.dialect]
    if each.edit is not None:
        start, end, text = each.edit
        shown = f"write {text}" if text else "take it away"
        fix = Fix(shown, (body.edit(start, end, text),), safe=True)
    else:
        fix = steps(*_own(body, each.tag, each.advice or f"write it as {title} does"))
    outcome = "readers see it" if each.as_text else _outcome(body)
    return body.finding(f"{each.message}: {outcome}", each.tag.start, each.tag.end, fix=fix)


def _own(body: Body, tag: Tag, advice: str) -> tuple[str, ...]:
    """What to do, and the tag as the language writes it, where that is sure."""
    from mailcheck.lint.own_form import own_form

    text = own_form(body.source.text[tag.start : tag.end], body.template.dialect)
    return (advice, text) if text else (advice,)


def _left_over(body: Body, tag: Tag) -> Finding:
    title, other = TITLES[body.template.dialect], TITLES[tag.language]
    text = body.source.text[tag.start : tag.end][:60]
    declared = body.template.origin == "declared"
    return body.finding(
        f"“{text}” is a tag of {other} in a template of {title}, which sends it as it stands",
        tag.start,
        tag.end,
        severity=None if declared else Severity.WARNING,
        fix=steps(f"write it as {title} does; if {other} does fill it in, ignore this rule for the file"),
    )


_SMART = regex("[“”„‟″‘’‚‛]")
_DOUBLE, _SINGLE = "“”„‟″", "‘’‚‛"


@rule("TPL009", "smart-quotes-in-tag", Severity.ERROR, since="0.1", fix=Fixable.SAFE)
def smart_quotes_in_tag(document: Document) -> Result:
    """A string in a tag stands in typographic quotes.

    Why: Word processors and chat programs turn straight quotes into curly ones. No template language reads those as quotes: the engine refuses the template, or takes the words for names and prints nothing.
    Bad: <p>Hello {{ name | default(“there”) }}</p>
    Good: <p>Hello {{ name | default("“there”") }}</p>
    Fix: Write straight quotes; --fix does it where they pair.
    References: docs/template-languages.md; ampscript: “The system does not recognize alternative quote characters” (Salesforce, Language Elements)
    """
    for body in written(document):
        if not body.source.text.isascii() and _SMART.search(body.source.text):
            yield from _some(_smart(body), body)


def _smart(body: Body) -> Iterator[Finding]:
    text = body.source.text
    for tag in code_tags(body.template):
        if not _SMART.search(text, tag.start, tag.end):
            continue
        code = bare(body.template, tag)
        places = [
            match.start()
            for match in _SMART.finditer(code)
            if not (code[match.start() - 1 : match.start()].isalpha() and code[match.end() : match.end() + 1].isalpha())
        ]
        if places:
            first, last = tag.start + places[0], tag.start + places[-1] + 1
            shown = text[first:last] if last - first <= 60 else text[first : first + 60] + "…"
            yield body.finding(
                f"{shown} stands in typographic quotes, which {_reader(body, tag)} reads as quotes: {_FAILS}",
                first,
                last,
                fix=_straight(body, tag, code, places),
            )


_FAILS = "the engine refuses the template, or prints nothing here"


def _reader(body: Body, tag: Tag) -> str:
    """Who does not read it so."""
    name = language(body.template, tag)
    return "no template language" if name in {"curly", "generic", "plain"} else f"{TITLES[name]} never"


def _straight(body: Body, tag: Tag, code: str, places: list[int]) -> Fix:
    """Straight quotes, where they pair and nothing inside would end them."""
    pairs = list(zip(places[::2], places[1::2], strict=False))
    sound = len(places) % 2 == 0 and all(
        (code[left] in _DOUBLE) == (code[right] in _DOUBLE)
        and not set("\"'\\") & set(body.source.text[tag.start + left + 1 : tag.start + right])
        for left, right in pairs
    )
    if not sound:
        return steps("write straight quotes: \" or '")
    edits = [body.edit(tag.start + at, tag.start + at + 1, '"' if code[at] in _DOUBLE else "'") for at in places]
    return Fix("write straight quotes", tuple(edits), safe=True)


_ELEMENTS = "a|abbr|b|big|br|center|code|del|div|em|font|h[1-6]|i|img|ins|li|mark|o:p|ol|p|small|span|strike|strong|sub|sup|table|tbody|td|th|tr|tt|u|ul"


@cache
def _html() -> re.Pattern[str]:
    """An element's tag, written out whole so that `a<b and c>d` is none, or a character reference."""
    return re.compile(
        rf"</(?:{_ELEMENTS})\s*>|<(?:{_ELEMENTS})(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))*\s*/?>"
        r"|&(?:quot|nbsp|lt|gt|amp|apos|#39|#34|#160|#x27);",
        re.IGNORECASE,
    )


@cache
def _split() -> re.Pattern[str]:
    """Markup between the two signs that open a tag."""
    return re.compile(rf"\{{(?:</?(?:{_ELEMENTS})(?:\s[^<>{{}}]{{0,200}})?>){{1,5}}[{{%]", re.IGNORECASE)


_WITH_MARKUP = frozenset({"razor", "ampscript"})
"""Languages whose statements may hold markup."""


@rule("TPL010", "html-inside-tag", Severity.ERROR, since="0.1")
def html_inside_tag(document: Document) -> Result:
    """Markup stands inside a tag of the template language.

    Why: Visual editors wrap what they format, also half of a tag, and write &quot; for a quote. The engine then finds a name that holds “<span>”, and refuses the template or prints nothing.
    Bad: <p>Hello {{ user.<b>name</b> }}</p>
    Good: <p>Hello <b>{{ user.name }}</b></p>
    Fix: Move the markup out of the tag, and write characters where references stand.
    References: docs/template-languages.md
    """
    for body in written(document):
        yield from _some(_html_inside(body), body)


def _html_inside(body: Body) -> Iterator[Finding]:
    text = body.source.text
    for tag in code_tags(body.template):
        if language(body.template, tag) in _WITH_MARKUP or tag.language == "freemarker":
            continue
        if not ("<" in text[tag.start + 1 : tag.end] or "&" in text[tag.start : tag.end]):
            continue
        code = bare(body.template, tag)
        match = _html().search(code, 2, len(code) - 1)
        if match is not None:
            kind = "the reference" if match[0][0] == "&" else "the markup"
            yield body.finding(
                f"{kind} {match[0][:60]} stands inside a tag: {_FAILS}",
                tag.start + match.start(),
                tag.start + match.end(),
                fix=steps(_moved(text[tag.start : tag.end])),
            )
    if body.media == "html" and "{<" in text:
        for match in _split().finditer(text):
            if not body.template.overlaps(*match.span()):
                yield body.finding(
                    "markup stands between the two signs that open a tag, so it is no tag: readers see it as text",
                    *match.span(),
                    fix=steps("write the opening signs side by side, and the markup before them"),
                )


def _moved(tag: str) -> str:
    characters = {"&quot;": '"', "&#34;": '"', "&#39;": "'", "&#x27;": "'", "&apos;": "'", "&lt;": "<", "&gt;": ">"}
    characters |= {"&nbsp;": " ", "&#160;": " ", "&amp;": "&"}
    plain = re.sub(r"&[#\w]+;", lambda match: characters.get(match[0].lower(), match[0]), _html().sub(_kept, tag))
    return f"write {plain}, and move the markup out" if len(plain) <= 200 else "move the markup out of the tag"


def _kept(match: re.Match[str]) -> str:
    return match[0] if match[0][0] == "&" else ""


_SPACES = "\u00a0\u202f\u2007"
_NOTHING = "\u200b\u2060\ufeff\u00ad"
_INVISIBLE = regex(f"[{_SPACES}{_NOTHING}]")
_WHITE = frozenset({"jinja", "django", "handlebars", "mustache", "razor", "generic", "curly"})
"""Engines whose white space is Unicode's (and languages that are not known): a no-break space does no harm there."""


@rule("TPL011", "tag-with-nbsp", Severity.ERROR, since="0.1", fix=Fixable.SAFE)
def tag_with_nbsp(document: Document) -> Result:
    """A no-break space or an invisible character stands inside a tag.

    Why: It looks like a space and is none: most engines take it for a part of the name and refuse the template, or print nothing. Editors put it there when text is pasted. Jinja, Django, Handlebars and Razor read a no-break space as a space, so there it is a warning only; an invisible character is an error everywhere.
    Bad:
    {file welcome.liquid}
    <p>Hello {{\u00a0name }}</p>
    Good:
    {file welcome.liquid}
    <p>Hello {{ name }}</p>
    Fix: Write a plain space, or nothing; --fix does it.
    References: docs/template-languages.md
    """
    for body in written(document):
        if not body.source.text.isascii() and _INVISIBLE.search(body.source.text):
            yield from _some(_invisible(body), body)


def _invisible(body: Body) -> Iterator[Finding]:
    for tag in code_tags(body.template):
        if not _INVISIBLE.search(body.source.text, tag.start, tag.end):
            continue
        found = list(_INVISIBLE.finditer(bare(body.template, tag)))
        if not found:
            continue
        characters = {match[0] for match in found}
        harmless = language(body.template, tag) in _WHITE and characters <= set(_SPACES)
        named = ", ".join(f"U+{ord(char):04X}" for char in sorted(characters))
        edits = tuple(
            body.edit(tag.start + match.start(), tag.start + match.end(), " " if match[0] in _SPACES else "")
            for match in found
        )
        what = "is read as a space here, and as a letter by other engines" if harmless else f"is no space: {_FAILS}"
        yield body.finding(
            f"a character that cannot be seen ({named}) stands in this tag, and {what}",
            tag.start + found[0].start(),
            tag.start + found[-1].end(),
            severity=Severity.WARNING if harmless else None,
            fix=Fix("write plain spaces", edits, safe=True),
        )


_LEXED = frozenset({"jinja", "twig", "hubl", "go", "handlebars"})
"""Languages whose tags are read by a lexer that knows strings and brackets."""
_NOT_EMPTY = frozenset({"jinja", "django", "twig", "hubl", "go", "handlebars", "blade"})
_PAIRS = {")": "(", "]": "["}


@rule("TPL099", "cannot-parse", Severity.ERROR, since="0.1")
def cannot_parse(document: Document) -> Result:
    """A tag or the front matter cannot be parsed: a tag is empty, a string or bracket is not closed, a value is not quoted.

    Why: The engine refuses the whole template, and the mail is not sent. What front matter declares in a form that every reader takes differently is lost.
    Bad:
    {file welcome.html.j2}
    <p>Hello {{ name | default('there) }}</p>
    Good:
    {file welcome.html.j2}
    <p>Hello {{ name | default('there') }}</p>
    Fix: Complete the tag.
    References: the template language's own manual; docs/template-languages.md
    """
    for body in written(document):
        yield from _some(_unreadable(body), body)


def _unreadable(body: Body) -> Iterator[Finding]:
    template = body.template
    for fault in template.faults:
        if fault.key == "parse":
            yield body.finding(
                f"{fault.message}: {_outcome(body)}", fault.start, fault.end, fix=steps(fault.message.split(", ")[-1])
            )
        elif fault.key == "front-matter":
            told, _, remedy = fault.message.partition("; ")
            fix = steps(remedy or "write it as `key: value`, one a line between the lines ---")
            yield body.finding(f"{told}: what is declared here is not what is read", fault.start, fault.end, fix=fix)
    for tag in code_tags(template):
        if tag.language or body.source.text[tag.end - 1] != "}":
            # A tag that is not closed is TPL001's.
            continue
        problem = _problem(body, tag)
        if problem:
            what, remedy = problem
            yield body.finding(f"{what}: {_outcome(body)}", tag.start, tag.end, fix=steps(remedy))


def _problem(body: Body, tag: Tag) -> tuple[str, str] | None:
    name = body.template.dialect
    if name in _NOT_EMPTY and tag.kind == "output" and not tag.expression:
        return "this tag is empty", "write a name into it, or take it away"
    if name not in _LEXED:
        return None
    code = bare(body.template, tag)
    quote = re.search(r"[\"']", code)
    if quote is not None:
        return (
            f"a string in this tag begins with {quote[0]} and does not end",
            f"write {quote[0]} where the string ends",
        )
    stack: list[str] = []
    for sign in re.findall(r"[()\[\]]", code[2:-2]):
        if sign in "([":
            stack.append(sign)
        elif not stack or stack.pop() != _PAIRS[sign]:
            return f"“{sign}” in this tag closes nothing", f"take {sign} away, or write what it closes"
    if stack:
        return f"“{stack[-1]}” in this tag is not closed", f"write {')' if stack[-1] == '(' else ']'} where it ends"
    return None
