"""Which language the tags of a text give away.

The order goes from tags that one language alone writes to those that many share. Where the shared ones are all there
is, the answer is `generic` ({% %} and {{ }}) or `curly` ({{ }}), and rules that rest on the language stay silent.
"""

import re
from functools import cache

from mailcheck.model.pattern import regex

READ = 300_000
"""Characters that are read."""

Signs = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Rows of: the language, a mark that must be there, patterns of which one must match.

A pattern begins with the characters that it looks for, and looks back behind them: so the search leaps from one to the
next (most files hold an @ of a style sheet or an address, and are no Blade).
"""
_OWN: Signs = (
    # Mustache may change its delimiters to those of ERB.
    ("mustache", "{{=", (r"\{\{=\S{1,9}\s+\S{1,9}=\}\}",)),
    # The program that runs first comes first: ERB with Mailchimp's tags is ERB.
    (
        "erb",
        "<%",
        (
            r"<%-?\s*(?:end|else|elsif|if|unless|case|when|for|while)\b",
            r"<%[=-]{1,2}\s+[a-z@(\"\']",
            r"<%=(?!asm_)[@a-z]\w*[.(\[\s%]",
            r"<%-?\s*[@\w.]+\.each\b",
            r"<%\#",
        ),
    ),
    *(
        # The beginning of a line is found by looking at every character: only where there is the word.
        ("razor", f"@{word}", (rf"(?m)^[ \t]*@{word}[ \t]+[\w.<>]+[ \t\r]*$",))
        for word in ("model", "using", "inherits")
    ),
    (
        "razor",
        "@",
        (
            r"@(?<![\w@.]@)(?:Model|Html|ViewBag|ViewData)\b",
            r"@(?<![\w@.]@)(?:foreach|if|for)\s*\([^\n]{0,300}\)\s*\{",
        ),
    ),
    (
        "blade",
        "@",
        (
            r"@(?<![\w@.]@)(?:if|foreach|forelse|extends|section|include|component|isset|unless|yield|lang)\s*\(",
            r"\{!!",
            r"\{\{--(?!\}\})",
            r"@end(?<![\w@.]@end)(?:if|foreach|section|component)\b",
        ),
    ),
    # Magento's directives look like Go and Handlebars, and are neither.
    (
        "curly",
        "{{",
        (
            r"\{\{trans\s+\"",
            r"\{\{var\s+[\w.]",
            r"\{\{depend\s",
            r"\{\{(?:layout|template|block|store|inlinecss|css)\s+(?:handle|config_path|class|id|url|direct_url|file)=",
        ),
    ),
    (
        "go",
        "{{",
        (
            r"\{\{-?\s*\.(?:[A-Za-z_]|\s*-?\}\})",
            r"\{\{-?\s*(?:if|range|with)\s",
            r"\{\{-?\s*(?:template|define|block)\s+\"",
            r"\{\{-?\s*(?:/\*|\$\w*\s*:=)",
        ),
    ),
    ("blade", "{{", (r"\{\{\s*\$\w+(?:->|\[|\s*\}\}|\s*\?\?)", r"\{\{\s*(?:__|trans|route|config)\(\s*[\"\']")),
    (
        "freemarker",
        "#",
        (
            r"</?#(?:if|list|assign|macro|else|elseif|include|import|switch|function|compress|ftl)\b",
            r"<#--",
            r"\[/?#(?:if|list|assign|macro|else)\b",
        ),
    ),
    (
        "braze",
        "${",
        (r"\{\{\s*(?:[\w.]{1,60}\.)?\$\{", r"\{%[^%\n]{0,200}\$\{"),
    ),
    ("braze", "{%", (r"\{%-?\s*(?:connected_content|abort_message)\b",)),
    (
        "hubl",
        "{%",
        (
            r"\{%-?\s*(?:module|module_block|widget_block|widget_attribute|rich_text|dnd_area|require_css|end_\w+)\b",
            r"\{%-?\s*email_(?:simple_subscription|can_spam|header|body|subscriptions)\b",
        ),
    ),
    ("hubl", "{{", (r"\{\{\s*(?:unsubscribe_link_all|site_settings\.company_\w+)\b",)),
)
_PERCENT: Signs = (
    (
        "django",
        "{%",
        (
            r"\{%\s*(?:load|url|blocktrans|blocktranslate|translate|csrf_token|static|templatetag|now)\s",
            r"\{%\s*(?:ifequal|ifnotequal|csrf_token|empty)\b",
            r"\{%\s*autoescape\s+(?:on|off)\b",
            r"\{%\s*trans\s+[\"\']",
        ),
    ),
    (
        "liquid",
        "{%",
        (
            r"\{%-?\s*(?:assign|capture|unless|elsif|case|when|render|tablerow|liquid|endcase|endunless)\b",
            r"\{%-?\s*if\s[^%\n]{0,200}\scontains\s",
            r"\{%-?\s*for\s[^%\n]{0,200}\s(?:limit|offset):",
        ),
    ),
    (
        "twig",
        "{",
        (
            r"\{%[-~]?\s*(?:elseif|apply|embed|trans_default_domain|form_theme|endapply|use)\b",
            r"\|\s*(?:raw|trans|e\(\'html)\b",
            r"\{%[-~]?\s*block\s+\w+\s+[\"\']",
            r"\bis same as\b",
            r"\{\{\s*(?:include|path|url|asset|inline_css)\(",
        ),
    ),
    (
        "jinja",
        "{",
        (
            r"\{%[-+]?\s*(?:macro|call|filter|endcall|endmacro|import|from|do|raw)\b",
            r"\bloop\.(?:index|first|last|length)\b",
            r"\|\s*(?:default\(|tojson\b|e\s*[|}])",
            r"\{\{\s*(?:url_for|_)\(",
        ),
    ),
)
_COLON = regex(r"\|\s*\w+:\s*[\"\'\w]")
_CURLY: Signs = (
    (
        "handlebars",
        "{{",
        (
            r"\{\{~?#\s*(?:if|each|unless|with|equals|greaterThan|lessThan|and|or|notEquals|length|\*inline|>)\b",
            r"\{\{~?#[*>]",
            r"\{\{~?\s*else\b",
            r"\{\{!--",
            r"\{\{\{\{",
            r"\{\{insert\s",
        ),
    ),
    ("mustache", "{{", (r"\{\{[#^/>=]",)),
)
_LAST: Signs = (
    ("smarty", "{$", (r"\{\$[A-Za-z_][\w.>\[\]|:\"\'-]*(?: [^{}\n]{0,80})?\}",)),
    ("smarty", "{/", (r"\{/(?:if|foreach|literal|section|capture|block)\}",)),
    ("smarty", "{", (r"\{(?:extends|include)\s+file\s*=",)),
    ("ampscript", "]%%", (r"%%\[",)),
    ("ampscript", "%%", (r"%%=[^%\n]", r"%%[A-Za-z_]\w*%%")),
    ("mailchimp", "*|", (r"\*\|[A-Z][A-Z0-9_]*(?::[^|\r\n]{0,200})?\|\*",)),
    ("freemarker", "${", (r"\$\{[A-Za-z_][\w.]*[!?][^}\n]{0,100}\}",)),
)


def census(text: str) -> str:
    """The language of a text; plain where it holds no tags that are known."""
    seen = text[:READ]
    own = _first(seen, _OWN)
    if own and not (own == "go" and "{%" in seen):
        return own
    if "{%" in seen:
        return _percent(seen)
    if "{{" in seen and "}}" in seen:
        return _first(seen, _CURLY) or "curly"
    return _first(seen, _LAST) or "plain"


def _first(text: str, signs: Signs) -> str:
    return next((name for name, mark, patterns in signs if mark in text and _matches(text, patterns)), "")


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return any(_compiled(pattern).search(text) for pattern in patterns)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # The cache of `re` itself takes longer to ask than most of these take to search.
    return re.compile(pattern)


def _percent(text: str) -> str:
    """Jinja, Django, Twig and Liquid share most tags: only what one alone writes decides, and only undisputed."""
    tags = "\n".join(re.findall(r"\{%[^%\n]{0,300}%\}|\{\{[^}\n]{0,300}\}\}", text))
    found = [name for name, _, patterns in _PERCENT if _matches(tags, patterns)]
    if "liquid" not in found and "twig" not in found and _COLON.search(tags):
        # A filter's argument behind a colon: Django or Liquid, never Jinja.
        return "django" if found == ["django"] else "generic"
    if found == ["twig", "jinja"] and not re.search(r"\{%[-+]?\s*elif\b", tags):
        return "twig"
    return found[0] if len(found) == 1 else "generic"
