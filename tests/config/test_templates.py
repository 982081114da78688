"""What the configuration says about templates, and what a fault in it says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.command import Command
from mailcheck.config.discovery import load
from mailcheck.config.schema import TABLES, TOP, read
from mailcheck.config.templates import DIALECTS, SET
from mailcheck.lint import dialects
from mailcheck.model.errors import ConfigError

GOOD = """\
kind = "marketing"
exclude = ["node_modules", "mail/old/**"]
link-domains = ["click.shop.example"]

[templates]
"mail/**/*.html" = "jinja"
"legacy/*.tpl" = "smarty"

[per-file-ignores]
"mail/old/*" = ["IMG", "lang-missing"]

[[set]]
subject = "mail/{name}/subject.txt"
html = "mail/{name}/body.html"
text = "mail/{name}/body.txt"
kind = "transactional"
"""


def test_every_table_is_read_with_its_lines(command: Command) -> None:
    command.write("mailcheck.toml", GOOD)
    settings = load(cwd=command.folder, env={})
    assert settings["kind"] == "marketing"
    assert settings["link-domains"] == ("click.shop.example",)
    assert settings.templates.values == {"mail/**/*.html": "jinja", "legacy/*.tpl": "smarty"}
    assert settings.templates.lines["legacy/*.tpl"] == 7
    assert settings.file_ignores.values == {"mail/old/*": ("IMG", "lang-missing")}
    (messages,) = settings.sets
    assert (messages.parts["subject"], messages.kind, messages.line) == (
        "mail/{name}/subject.txt",
        "transactional",
        12,
    )
    assert settings.folder == str(command.folder)


def test_config_shows_them(command: Command) -> None:
    command.write("mailcheck.toml", GOOD)
    shown = command("config", "--format", "json").json
    assert shown["templates"]["legacy/*.tpl"] == {"value": "smarty", "origin": "mailcheck.toml:7"}
    assert shown["per-file-ignores"]["mail/old/*"]["origin"] == "mailcheck.toml:10"
    assert shown["set"][0]["parts"]["text"] == "mail/{name}/body.txt"
    text = command("config").out
    assert '"legacy/*.tpl" = "smarty"' in text
    assert 'html             "mail/{name}/body.html"' in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("templates = 1", 'mailcheck.toml:1: templates is a table of patterns: [templates] "mail/**/*.html" = "jinja"'),
        ('[templates]\n"*.html" = "jinjo"', "mailcheck.toml:2: \"*.html\" = 'jinjo' is none of jinja, django"),
        ('[templates]\n"*.html" = "jinjo"', "did you mean 'jinja'?"),
        ('[templates]\n"*.html" = 1', 'mailcheck.toml:2: "*.html" is a string, not 1'),
        ('[templates]\nmail.html = "jinja"', 'quote the pattern: "mail/**/*.html" = "jinja"'),
        ('[templates]\n"" = "jinja"', "mailcheck.toml:2: a pattern of [templates] is empty"),
        ('[per-file-ignores]\n"*.html" = "IMG"', '"*.html" is a list of strings, ["…"], not \'IMG\''),
        ("[per-file-ignore]\nx = 1", "unknown key 'per-file-ignore'; did you mean 'per-file-ignores'?"),
        ("set = 1", "set is an array of tables: [[set]]"),
        ('[[set]]\nbody = "x"', "mailcheck.toml:2: unknown key 'body'; known are subject, preheader, html, text"),
        ('[[set]]\nsubjet = "x"', "mailcheck.toml:2: unknown key 'subjet'; did you mean 'subject'?"),
        ('[[set]]\nsubject = "s.txt"', "mailcheck.toml:1: [[set]] needs html or text"),
        ('[[set]]\nhtml = "{nam}.html"', "mailcheck.toml:2: html = '{nam}.html': {nam} is no placeholder"),
        ('[[set]]\nhtml = "../{name}.html"', "is no path below the folder of the configuration"),
        ('[[set]]\nhtml = "/{name}.html"', "is no path below the folder of the configuration"),
        ('[[set]]\nhtml = "*.html"', "write {name} for what differs from message to message"),
        (
            '[[set]]\nhtml = "{name}.html"\ntext = "a.txt"',
            "mailcheck.toml:1: [[set]]: {name} stands in some patterns, but not in text",
        ),
        ('kind = "marketting"', "is none of marketing, transactional; did you mean 'marketing'?"),
        ('[[set]]\nhtml = "a"\nkind = "x"', "mailcheck.toml:3: kind = 'x' is none of marketing, transactional"),
        ("exclude = 'x'", 'mailcheck.toml:1: exclude is a list of strings, ["…"]'),
        ("link-domain = ['x.example']", "unknown key 'link-domain'; did you mean 'link-domains'?"),
    ],
)
def test_fault_names_file_line_and_remedy(text: str, message: str, command: Command) -> None:
    command.write("mailcheck.toml", text)
    done = command("config")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mailcheck: ")
    assert done.err.count("\n") == 1
    assert message in done.err


def test_languages_are_those_of_the_linter() -> None:
    """`config` may not use `lint`, so it has a list of its own; what a census gives nobody declares."""
    assert set(DIALECTS) == (set(dialects.DIALECTS) - {"generic", "curly"}) | set(dialects.ALIASES)
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in DIALECTS)


NAMES = st.sampled_from([*TOP, *TABLES, *SET, "x", "*.html", "mail/{name}.html", "example.com", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | NAMES | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_table_is_read_or_refused_in_one_line(table: dict[str, object]) -> None:
    message = ""
    try:
        read(table, {}, "mailcheck.toml")
    except ConfigError as error:
        message = str(error)
    assert not message or message.startswith("mailcheck.toml: ")
    assert len(message) < 600
