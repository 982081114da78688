"""Tags in the form of another template language: what the template's own engine refuses, or prints as it stands."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from mailcheck.lint.tag_text import bare
from mailcheck.lint.template import COMMENT, OUTPUT, Tag, Template
from mailcheck.model.pattern import regex

TITLES = {
    "jinja": "Jinja", "django": "Django", "twig": "Twig", "liquid": "Liquid", "handlebars": "Handlebars",
    "mustache": "Mustache", "go": "Go", "erb": "ERB", "blade": "Blade", "razor": "Razor", "mailchimp": "Mailchimp",
    "ampscript": "AMPscript", "hubl": "HubL", "freemarker": "FreeMarker", "smarty": "Smarty", "braze": "Braze",
    "curly": "{{ }}", "generic": "{% %}", "plain": "plain",
}  # fmt: skip
_ELSE_IF = {
    "jinja": "elif", "django": "elif", "hubl": "elif", "twig": "elseif", "liquid": "elsif", "braze": "elsif",
}  # fmt: skip
_LIQUID = frozenset({"assign", "capture", "unless", "case", "when", "endunless", "endcase", "endcapture"})
_ABSENT = {
    # Statements that another of the {% %} languages has, and this one has not.
    "jinja": dict.fromkeys(_LIQUID, "Liquid") | dict.fromkeys(("load", "blocktrans", "blocktranslate"), "Django"),
    "django": dict.fromkeys(_LIQUID, "Liquid") | dict.fromkeys(("set", "macro", "endmacro", "endset", "raw"), "Jinja"),
    "twig": dict.fromkeys(_LIQUID, "Liquid") | {"load": "Django", "blocktrans": "Django"},
    "liquid": dict.fromkeys(("set", "macro", "endmacro", "endset", "with", "endwith"), "Jinja"),
    "braze": dict.fromkeys(("set", "macro", "endmacro", "endset"), "Jinja"),
}  # fmt: skip
_HANDLEBARS = regex(r"\{\{[~-]?\s*(?:[#^/]\s*\w|>\s*[\w\"'])|\{\{\{")
_GO = regex(r"\{\{-?\s*\.[A-Za-z_]")
_PHP = regex(r"\{\{\s*\$\w+")
_COLON_FILTER = regex(r"\|\s*\w+\s*:")
_CALLED_FILTER = regex(r"\|\s*\w+\(")
_PIPE = regex(r"\|")
_AS = regex(r"\bas\s+\|[^|]*\|")
_PERCENT = frozenset({"jinja", "django", "twig", "liquid", "hubl", "braze"})
_SERVICE = {
    # Tags that only the sending service fills in: where one stands, the service does read this template.
    "mailchimp": regex(
        r"UNSUB|LIST_?:|LIST_ADDRESS|MC:|MC_|ARCHIVE|UPDATE_PROFILE|FORWARD|REWARDS|CURRENT_YEAR|ABOUT_LIST|HTML:|UNIQID",
        re.IGNORECASE,
    ),
    "ampscript": regex(r"unsub|member_|view_email_url|subscription_center|profile_center|v\(", re.IGNORECASE),
    "erb": regex(r"asm_"),
}


class Misplaced(NamedTuple):
    """A tag in another language's form: what is wrong, in whose form it is, and what to write (a range, a text).

    `as_text` says that the engine sends the tag as it stands, instead of refusing the template.
    """

    tag: Tag
    message: str
    other: str
    edit: tuple[int, int, str] | None = None
    advice: str = ""
    as_text: bool = False


def misplaced(template: Template, *, nunjucks: bool = False) -> Iterator[Misplaced]:
    """The tags that the template's own language cannot read as they are meant. Only where the language is certain."""
    if not template.certain:
        return
    for tag in template.tags:
        if tag.kind == COMMENT:
            continue
        if tag.language:
            found = _percent_in_curly(template, tag)
        elif template.dialect in _PERCENT:
            found = _statement(template, tag, nunjucks=nunjucks) or _output(template, tag)
        elif template.dialect == "handlebars":
            found = _in_handlebars(template, tag)
        elif template.dialect == "go":
            found = _in_go(template, tag)
        else:
            found = None
        if found is not None:
            yield found


def left_over(template: Template, neighbours: list[Template]) -> Iterator[Tag]:
    """Tags of a sending service in a template whose language is certain, where nothing shows that the service reads it.

    `neighbours` are the templates that it extends and includes, itself among them.
    """
    if not template.certain or not any(tag.kind == OUTPUT and not tag.language for tag in template.tags):
        return
    for name, service in _SERVICE.items():
        tags = [tag for tag in template.tags if tag.language == name and tag.kind != COMMENT]
        tags = [tag for tag in tags if not template.in_raw(tag.start)]
        if not tags or name == template.dialect:
            continue
        everywhere = [tag for each in neighbours for tag in each.tags if tag.language == name]
        if any(service.search(f"{tag.keyword}:{tag.expression}") for tag in (*tags, *everywhere)):
            continue
        yield from tags


def _range(template: Template, tag: Tag, word: str) -> tuple[int, int] | None:
    at = template.text.find(word, tag.start, tag.end)
    return (at, at + len(word)) if at >= 0 else None


def _statement(template: Template, tag: Tag, *, nunjucks: bool) -> Misplaced | None:
    title = TITLES[template.dialect]
    if not template.text.startswith("{%", tag.start):
        return None
    own = _ELSE_IF[template.dialect]
    if tag.keyword in {"elif", "elsif", "elseif"} and tag.keyword != own:
        if nunjucks and tag.keyword == "elseif":
            return None
        place = _range(template, tag, tag.keyword)
        edit = (*place, own) if place else None
        return Misplaced(tag, f"{title} has no “{tag.keyword}” (it writes “{own}”)", "another language", edit)
    if tag.keyword == "else" and re.match(r"if\s", tag.expression):
        words = re.search(r"else\s+if", template.text[tag.start : tag.end])
        edit = (tag.start + words.start(), tag.start + words.end(), own) if words else None
        return Misplaced(tag, f"{title} has no “else if” (it writes “{own}”)", "another language", edit)
    other = _ABSENT.get(template.dialect, {}).get(tag.keyword)
    if other is not None and not (nunjucks and tag.keyword in {"case", "when", "endcase"}):
        return Misplaced(tag, f"“{tag.keyword}” is a statement of {other}, and {title} has none of that name", other)
    if template.dialect == "django" and template.text[tag.start + 2] in "-+~":
        sign = template.text[tag.start + 2]
        edit = (tag.start + 2, tag.start + 3, "")
        return Misplaced(tag, f"“{{%{sign}” is not Django's, which reads “{sign}” as a tag's name", "Jinja", edit)
    return None


def _output(template: Template, tag: Tag) -> Misplaced | None:
    text, title = template.text[tag.start : tag.end], TITLES[template.dialect]
    if tag.kind != OUTPUT:
        return None
    if _HANDLEBARS.match(text) and not (template.dialect == "braze" and text.startswith("{{{")):
        return _whole(tag, text, "Handlebars", title)
    if _GO.match(text):
        return Misplaced(
            tag,
            f"“{_head(text)}” is Go, and {title} cannot read it",
            "Go",
            None,
            "write the name without its first dot",
        )
    if _PHP.match(text) and template.dialect != "braze":
        return Misplaced(
            tag,
            f"“{_head(text)}” is Blade or PHP, and {title} cannot read it",
            "Blade",
            None,
            "write the name without its $",
        )
    code = bare(template, tag)
    if template.dialect in {"jinja", "twig", "hubl"} and _COLON_FILTER.search(code):
        return Misplaced(
            tag, f"a filter's argument behind a colon is Liquid or Django, and {title} cannot read it", "Liquid", None,
            "write the argument in parentheses: | default('there')",
        )  # fmt: skip
    if template.dialect in {"django", "liquid"} and _CALLED_FILTER.search(code):
        colon = "|default:'there'" if template.dialect == "django" else "| default: 'there'"
        return Misplaced(
            tag, f"a filter's argument in parentheses is Jinja or Twig, and {title} cannot read it", "Jinja", None,
            f"write the argument behind a colon: {colon}",
        )  # fmt: skip
    return None


def _whole(tag: Tag, text: str, other: str, title: str, advice: str = "") -> Misplaced:
    return Misplaced(tag, f"“{_head(text)}” is {other}, and {title} cannot read it", other, None, advice)


def _head(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _percent_in_curly(template: Template, tag: Tag) -> Misplaced | None:
    if tag.language != "generic" or template.dialect not in {"handlebars", "mustache", "go"}:
        return None
    if template.in_raw(tag.start):
        return None
    text, title = template.text[tag.start : tag.end], TITLES[template.dialect]
    return Misplaced(
        tag, f"“{_head(text)}” is Jinja or Liquid, and {title} sends it as text", "Jinja or Liquid", as_text=True
    )


def _in_handlebars(template: Template, tag: Tag) -> Misplaced | None:
    text = template.text[tag.start : tag.end]
    if tag.kind != OUTPUT:
        return None
    match = re.match(r"\{\{~?\s*(elseif|elsif|elif|endif|endfor|endeach|if|for|unless)\b(?!\s*=)", text)
    if match is not None and (match[1].startswith("e") or tag.expression != match[1]):
        word = match[1]
        place = (tag.start + match.start(1), tag.start + match.end(1))
        if word in {"elseif", "elsif", "elif"}:
            message = f"Handlebars has no “{word}” (it writes “else if”)"
            return Misplaced(tag, message, "another language", (*place, "else if"))
        if word in {"if", "unless"}:
            return Misplaced(tag, f"Handlebars begins a block with # (“{{{{#{word} …}}}}”)", "Go", (*place, f"#{word}"))
        own = "it repeats with {{#each items}}" if word == "for" else "a block ends with {{/name}}"
        return Misplaced(tag, f"Handlebars has no “{word}” ({own})", "another language")
    if _GO.match(text):
        return Misplaced(
            tag,
            f"“{_head(text)}” is Go, and Handlebars cannot read it",
            "Go",
            None,
            "write the name without its first dot",
        )
    code = _AS.sub(lambda found: " " * len(found[0]), bare(template, tag))
    if _PIPE.search(code):
        return Misplaced(tag, "Handlebars has no filters: “|” is Liquid or Jinja, and it cannot read it", "Liquid")
    return None


def _in_go(template: Template, tag: Tag) -> Misplaced | None:
    text = template.text[tag.start : tag.end]
    if tag.kind != OUTPUT:
        return None
    if _HANDLEBARS.match(text):
        return _whole(tag, text, "Handlebars", "Go")
    match = re.match(r"\{\{-?\s*(elseif|elsif|elif|endif|endfor)\b", text)
    if match is not None:
        word = match[1]
        place = (tag.start + match.start(1), tag.start + match.end(1))
        own = "end" if word.startswith("end") else "else if"
        return Misplaced(tag, f"Go has no “{word}” (it writes “{own}”)", "another language", (*place, own))
    if _COLON_FILTER.search(bare(template, tag)):
        return Misplaced(tag, "a filter's argument behind a colon is Liquid or Django, and Go cannot read it", "Liquid")
    return None
