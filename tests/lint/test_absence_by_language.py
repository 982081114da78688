"""A marketing page is judged with its layout and partials, in each language that has them: with and without footer."""

from pathlib import Path

import pytest

from lint.examples import codes, lint
from lint.gathering import written

FOOTER = '<p>Nord GmbH, Hafenstr. 1, 20457 Hamburg. <a href="https://nord.de/u">Unsubscribe</a></p>\n'
BEGIN = '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Sale</title></head>\n<body>\n'
END = "</body>\n</html>\n"
BODY = '<h1>Sale</h1>\n<a href="https://nord.de/sale">Shop</a>\n'

LAYOUTS = {
    # Layout, page and footer; the slot, the inclusion, and what stands around the page's own part.
    "jinja": (
        ("layout.html.j2", "page.html.j2", "foot.html.j2"),
        ("{% block content %}{% endblock %}", '{% include "foot.html.j2" %}'),
        ('{% extends "layout.html.j2" %}\n{% block content %}\n', "{% endblock %}\n"),
    ),
    "django": (
        ("layout.djhtml", "page.djhtml", "foot.djhtml"),
        ("{% block content %}{% endblock %}", '{% include "foot.djhtml" %}'),
        ('{% extends "layout.djhtml" %}\n{% block content %}\n', "{% endblock content %}\n"),
    ),
    "twig": (
        ("layout.html.twig", "page.html.twig", "foot.html.twig"),
        ("{% block body %}{% endblock %}", '{{ include("foot.html.twig") }}'),
        ('{% extends "layout.html.twig" %}\n{% block body %}\n', "{% endblock %}\n"),
    ),
    "blade": (
        ("layouts/mail.blade.php", "page.blade.php", "foot.blade.php"),
        ("@yield('content')", "@include('foot')"),
        ("@extends('layouts.mail')\n@section('content')\n", "@endsection\n"),
    ),
    "razor": (
        ("_Layout.cshtml", "Page.cshtml", "_Foot.cshtml"),
        ("@RenderBody()", '@await Html.PartialAsync("_Foot")'),
        ('@{ Layout = "_Layout"; }\n', ""),
    ),
}
PARTIALS = {
    "liquid": ("page.liquid", "snippets/foot.liquid", "{% render 'foot' %}", FOOTER),
    "handlebars": ("page.hbs", "foot.hbs", "{{> foot}}", FOOTER),
    "mustache": ("page.mustache", "foot.mustache", "{{> foot}}", FOOTER),
    "go": (
        "page.gotmpl",
        "foot.gotmpl",
        '{{ template "foot" . }}',
        f'{{{{ define "foot" }}}}\n{FOOTER}{{{{ end }}}}\n',
    ),
    "erb": ("page.html.erb", "_foot.html.erb", '<%= render "foot" %>', FOOTER),
    "freemarker": ("page.ftl", "foot.ftl", '<#include "foot.ftl">', FOOTER),
    "smarty": ("page.smarty", "foot.smarty", '{include file="foot.smarty"}', FOOTER),
}


def missing(root: Path) -> set[str]:
    return codes(lint(root, kind="marketing")) & {"UNS006", "LEG001", "TPL001", "TPL099", "RUN002"}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_footer_of_the_layout_counts_and_its_absence_is_told(name: str, tmp_path: Path) -> None:
    (layout, page, foot), (slot, include), (before, after) = LAYOUTS[name]
    for footer in (True, False):
        root = tmp_path / str(footer)
        inside = f"{slot}\n{include}\n" if footer else f"{slot}\n"
        written(root, {layout: BEGIN + inside + END, page: before + BODY + after, foot: FOOTER})
        assert missing(root) == (set() if footer else {"UNS006", "LEG001"})


@pytest.mark.parametrize("name", PARTIALS)
def test_a_footer_of_a_partial_counts_and_its_absence_is_told(name: str, tmp_path: Path) -> None:
    page, foot, include, text = PARTIALS[name]
    for footer in (True, False):
        root = tmp_path / str(footer)
        inside = f"{BODY}{include}\n" if footer else BODY
        written(root, {page: BEGIN + inside + END, foot: text})
        assert missing(root) == (set() if footer else {"UNS006", "LEG001"})
