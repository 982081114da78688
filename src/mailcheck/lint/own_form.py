"""A tag of one template language as another one writes it: the exact text to paste, where there is one."""

from mailcheck.model.pattern import regex

_PERCENT = frozenset({"jinja", "django", "twig", "liquid", "hubl", "braze"})
_LIQUID = frozenset({"liquid", "braze"})
_CURLY = regex(r"\{\{\{?[~-]?\s*([#^/>&]?)\s*([\w.\"'/-]+)\s*([^{}]*?)\s*[~-]?\}\}\}?\Z")
_STATEMENT = regex(r"\{%[-+~]?\s*(\w+)\s*([^%{}]*?)\s*[-+~]?%\}\Z")
_PIPED = regex(r"\{\{\s*([\w.]+)\s*\|\s*(\w+)\s*:?\s*\(?\s*(?:[\"']([^\"'{}]*)[\"'])?[^{}|]*\}\}\Z")
_NAME = regex(r"[\w.]+\Z")
_EACH = regex(r"(\w+)\s+in\s+([\w.]+)\Z")


def own_form(text: str, dialect: str) -> str:
    """The tag in the language's own form; empty where it has none that is sure."""
    if len(text) > 200:
        return ""
    if dialect in _PERCENT:
        curly = _CURLY.match(text)
        statement = None if curly else _STATEMENT.match(text)
        if curly:
            return _from_handlebars(text, curly[1], curly[2], curly[3], dialect)
        return _from_sibling(statement[1], statement[2], dialect) if statement else ""
    statement = _STATEMENT.match(text)
    if statement:
        words = {"handlebars": _in_handlebars, "mustache": _in_mustache, "go": _in_go}.get(dialect)
        return words(statement[1], statement[2]) if words else ""
    piped = _PIPED.match(text)
    if piped and dialect == "handlebars":
        name, fallback = piped[1], piped[3]
        return f"{{{{#if {name}}}}}{{{{{name}}}}}{{{{else}}}}{fallback}{{{{/if}}}}" if piped[2] == "default" else ""
    if piped and dialect == "go" and piped[2] == "default" and piped[3] is not None:
        name = piped[1] if piped[1].startswith(".") else f".{piped[1]}"
        return f"{{{{ or {name} {_quoted(piped[3])} }}}}"
    curly = _CURLY.match(text)
    return _go_from_handlebars(curly[1], curly[2], curly[3]) if curly and dialect == "go" else ""


def _from_handlebars(text: str, sign: str, word: str, rest: str, dialect: str) -> str:
    liquid = dialect in _LIQUID
    if text.startswith("{{{") and not sign and _NAME.match(word) and not rest:
        return {"liquid": f"{{{{ {word} }}}}", "braze": ""}.get(
            dialect, f"{{{{ {word}|{'raw' if dialect == 'twig' else 'safe'} }}}}"
        )
    if sign == ">":
        return "" if liquid or rest else f'{{% include "{word}" %}}'
    if sign == "/":
        ends = {"if": "endif", "each": "endfor", "unless": "endunless" if liquid else "endif"}
        return f"{{% {ends[word]} %}}" if word in ends else ""
    if sign == "#" and _NAME.match(rest):
        if word == "unless":
            return f"{{% unless {rest} %}}" if liquid else f"{{% if not {rest} %}}"
        return {"if": f"{{% if {rest} %}}", "each": f"{{% for item in {rest} %}}"}.get(word, "")
    return ""


def _from_sibling(word: str, rest: str, dialect: str) -> str:
    """A statement of Liquid in Jinja, Django or Twig, and the other way round."""
    if dialect in _LIQUID:
        if word == "set" and "=" in rest:
            return f"{{% assign {rest} %}}"
        return "{% endcapture %}" if word == "endset" else ""
    if word == "assign" and "=" in rest and dialect != "django":
        return f"{{% set {rest} %}}"
    if word == "capture" and _NAME.match(rest) and dialect != "django":
        return f"{{% set {rest} %}}"
    if word == "unless" and _NAME.match(rest):
        return f"{{% if not {rest} %}}"
    ends = {"endunless": "endif"} if dialect == "django" else {"endunless": "endif", "endcapture": "endset"}
    return f"{{% {ends[word]} %}}" if word in ends else ""


def _in_handlebars(word: str, rest: str) -> str:
    each = _EACH.match(rest)
    if word == "for" and each:
        return f"{{{{#each {each[2]}}}}}"
    if word in {"if", "unless"} and _NAME.match(rest):
        return f"{{{{#{word} {rest}}}}}"
    return {
        "else": "{{else}}", "endif": "{{/if}}", "endfor": "{{/each}}", "endunless": "{{/unless}}",
    }.get(word, "")  # fmt: skip


def _in_mustache(word: str, rest: str) -> str:
    each = _EACH.match(rest)
    if word == "for" and each:
        return f"{{{{#{each[2]}}}}}"
    return f"{{{{#{rest}}}}}" if word == "if" and _NAME.match(rest) else ""


def _in_go(word: str, rest: str) -> str:
    each = _EACH.match(rest)
    if word == "for" and each:
        return f"{{{{ range .{each[2]} }}}}"
    if word in {"if", "unless"} and _NAME.match(rest):
        return f"{{{{ if .{rest} }}}}" if word == "if" else f"{{{{ if not .{rest} }}}}"
    ends = {"endif": "{{ end }}", "endfor": "{{ end }}", "endunless": "{{ end }}", "else": "{{ else }}"}
    return ends.get(word, "")


def _go_from_handlebars(sign: str, word: str, rest: str) -> str:
    if sign == "/":
        return "{{ end }}"
    if sign == "#" and _NAME.match(rest):
        own = {"if": f"if .{rest}", "unless": f"if not .{rest}", "each": f"range .{rest}", "with": f"with .{rest}"}
        return f"{{{{ {own[word]} }}}}" if word in own else ""
    return f'{{{{ template "{word}" . }}}}' if sign == ">" and not rest else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
