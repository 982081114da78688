"""Which language a template is written in: what the configuration says, what its name says, what its tags say."""

from collections.abc import Mapping

from mailcheck.lint.dialects import ALIASES, read
from mailcheck.lint.template import CENSUS, DECLARED, SUFFIX, Template
from mailcheck.model.globs import first_match

SUFFIXES = {
    ".j2": "jinja", ".jinja": "jinja", ".jinja2": "jinja", ".njk": "jinja", ".nunjucks": "jinja", ".djhtml": "django",
    ".twig": "twig", ".liquid": "liquid", ".hbs": "handlebars", ".handlebars": "handlebars", ".mustache": "mustache",
    ".gotmpl": "go", ".gohtml": "go", ".gotext": "go", ".erb": "erb", ".ejs": "erb", ".rhtml": "erb",
    ".cshtml": "razor", ".razor": "razor", ".ftl": "freemarker", ".ftlh": "freemarker", ".ftlx": "freemarker",
    ".smarty": "smarty", ".hubl": "hubl", ".amp": "ampscript", ".ampscript": "ampscript",
}  # fmt: skip
"""Suffixes that belong to one language. `.tpl` and `.tmpl` are written in several: the census tells."""
LONG_SUFFIXES = {".blade.php": "blade"}


def detect(path: str, text: str, declared: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The dialect of a file, and how it is known (declared, suffix, census).

    `path` counts from the root; `declared` maps globs to dialects, the first that matches holds.
    """
    if declared:
        pattern = first_match(path, declared)
        if pattern is not None:
            return ALIASES.get(declared[pattern], declared[pattern]), DECLARED
    named = by_suffix(path)
    if named is not None:
        return named, SUFFIX
    from mailcheck.lint.dialects.census import census

    return census(text), CENSUS


def read_template(path: str, text: str, declared: Mapping[str, str] | None = None) -> Template:
    """Detect the language, and read the text in it."""
    dialect, origin = detect(path, text, declared)
    return read(text, dialect, origin=origin)


def by_suffix(path: str) -> str | None:
    """The language that a file's name gives away: by its last suffix, or one before (`welcome.liquid.html`)."""
    name = path.rsplit("/", 1)[-1].lower()
    for suffix, dialect in LONG_SUFFIXES.items():
        if name.endswith(suffix):
            return dialect
    return next((SUFFIXES[f".{part}"] for part in reversed(name.split(".")[1:][-3:]) if f".{part}" in SUFFIXES), None)
