"""ACC: what a screen reader makes of the mail."""

from bisect import bisect_left

from mailcheck.lint.document import Body, Document
from mailcheck.lint.html import Element
from mailcheck.lint.inserts import Inserts
from mailcheck.lint.naming import nameless
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

_LANGUAGE = regex(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")


def _pages(document: Document) -> bool:
    return any(body.variants and next(body.find("html"), None) is not None for body in document.written)


@rule("ACC001", "lang-missing", Severity.WARNING, since="0.1", fix=Fixable.SAFE, applies=_pages)
def lang_missing(document: Document) -> Result:
    """The page does not say in which language it is.

    Why: A screen reader then reads it with the voice of the reader's own language, in which a German mail cannot be understood; translation and hyphenation guess as well.
    Bad:
    <html><body><p>Ihre Bestellung ist unterwegs.</p></body></html>
    Good:
    <html lang="de"><body><p>Ihre Bestellung ist unterwegs.</p></body></html>
    Fix: Add lang="…" with the language of the text to <html>; on the outermost element of the body too, since webmail drops <html>.
    References: HTML 3.2.6.1 (lang), WCAG 2.2 success criterion 3.1.1, RFC 5646
    """
    for body in document.written:
        for page in list(body.find("html"))[:1]:
            written = body.known(page, "lang")
            if not body.complete(page) or written or (written is None and "lang" in page.attributes):
                continue
            if any((element.get("lang") or "").strip() for element in _outermost(page)):
                continue
            language = _declared(document, body, page)
            what = "lang is empty" if written is not None else "<html> has no lang"
            yield body.finding(
                f"{what}: screen readers read this mail in whatever language their user has set",
                page.start,
                page.end,
                fix=_with_language(body, page, language),
            )


def _with_language(body: Body, page: Element, language: str | None) -> Fix:
    if language is None:
        return steps('add the language of the text: <html lang="en"> for English, lang="de" for German')
    attribute = page.attribute("lang")
    if attribute is None:
        at = page.start + len("<html")
        edit = body.edit(at, at, f' lang="{language}"')
    else:
        edit = body.edit(attribute.start, attribute.end, f'lang="{language}"')
    return Fix(f"write the language that is declared elsewhere: {language}", (edit,), safe=True)


def _outermost(page: Element) -> list[Element]:
    """The body and what stands directly in it: a lang there serves as well, and webmail keeps it."""
    inside = page.descendants()[:500]
    return [each for each in inside if each.tag == "body" or (each.parent is not None and each.parent.tag == "body")]


def _declared(document: Document, body: Body, page: Element) -> str | None:
    """The language that the mail declares in another place, where it is one and plain."""
    found = [body.known(page, "xml:lang"), *(body.known(each, "content") for each in _language_metas(body))]
    if document.message is not None:
        field = document.message.first("Content-Language")
        found.append(field.text if field is not None else None)
    declared = {text.strip() for text in found if text and text.strip()}
    one = declared.pop() if len(declared) == 1 else ""
    return one if _LANGUAGE.match(one) else None


def _language_metas(body: Body) -> list[Element]:
    return [each for each in body.find("meta") if (each.get("http-equiv") or "").lower() == "content-language"]


_TABLE_INSIDE = frozenset({"table", "tbody", "thead", "tfoot", "tr", "colgroup"})
_DATA = frozenset({"summary", "rules", "aria-label", "aria-labelledby", "aria-describedby"})
MAX_TABLES = 2_000


@rule("ACC002", "layout-table-no-role-presentation", Severity.WARNING, since="0.1", fix=Fixable.SAFE)
def layout_table_no_role_presentation(document: Document) -> Result:
    """A table that makes the layout does not say so.

    Why: Screen readers announce each nested table with its rows and columns, and a mail has dozens: "table with one column and one row", again and again, between the sentences. role="presentation" keeps them quiet. Tables with th, caption, summary or scope hold data and are not judged, nor those with rows of plain words side by side, as an order has them.
    Bad: <table width="600"><tr><td>Your order has shipped.</td></tr></table>
    Good: <table role="presentation" width="600"><tr><td>Your order has shipped.</td></tr></table>
    Fix: Add role="presentation" to each layout table; it is not inherited by tables inside.
    References: WAI-ARIA 1.2, presentation role; HTML 4.9.1 (the table element)
    """
    for body in document.written:
        silent: dict[int, Element] = {}
        spoken: set[int] = set()
        filled = _filled_elsewhere(body)
        loops = _loops(body)
        for markup in body.variants:
            data = _data_tables(markup.elements)
            for table in markup.find("table"):
                if table.start in data or table.start in filled or table.close_start is None or markup.limited:
                    spoken.add(table.start)
                elif len(silent) < MAX_TABLES:
                    silent.setdefault(table.start, table)
        for start in sorted(silent):
            table = silent[start]
            if (
                start in spoken
                or "role" in table.attributes
                or not body.complete(table)
                or _looks_like_data(table, loops)
            ):
                continue
            at = start + len("<table")
            edit = body.edit(at, at, ' role="presentation"')
            yield body.finding(
                "this layout table is announced to screen reader users as one of data",
                table.start,
                table.end,
                fix=Fix('add role="presentation"', (edit,), safe=True),
            )


def _data_tables(elements: list[Element]) -> set[int]:
    """Where tables begin that hold data by their own markup."""
    found = set()
    for element in elements:
        if element.tag == "table":
            border = (element.get("border") or "0").strip()
            if any(element.get(name) for name in _DATA) or border not in {"", "0", "0px"}:
                found.add(element.start)
        elif element.tag in {"th", "caption", "thead", "tfoot"} or (
            element.tag == "td" and any(name in element.attributes for name in ("scope", "headers", "abbr"))
        ):
            table = _table_of(element)
            if table is not None:
                found.add(table.start)
    return found


_LAYOUT = frozenset({"table", "img", "div", "p", "h1", "h2", "h3", "h4", "ul", "ol", "v:roundrect", "button"})
MAX_INSIDE = 300
"""Elements of a table by which it is told whether its rows are alike."""


def _looks_like_data(table: Element, loops: list[tuple[int, int]]) -> bool:
    """Whether rows of several cells of plain words follow each other: the lines of an order, names and values.

    Without th nobody can tell such a table from layout, and taken for layout its rows lose their meaning.
    """
    words: dict[int, int] = {}
    plain: dict[int, bool] = {}
    inside = table.markup.elements[table.first_child : min(table.last_child, table.first_child + MAX_INSIDE)]
    for element in inside:
        if element.tag in _LAYOUT:
            row = element.parent
            while row is not None and row.tag != "tr" and row is not table:
                row = row.parent
            if row is not None:
                plain[row.start] = False
        elif element.tag == "td" and element.parent is not None and element.parent.tag == "tr":
            row = element.parent
            if _table_of(row) is table and _worded(element):
                words[row.start] = words.get(row.start, 0) + 1
    rows = [start for start, cells in words.items() if cells > 1 and plain.get(start, True)]
    if len(rows) != 1:
        return bool(rows)
    begin, end = table.content
    first = bisect_left(loops, (begin, 0))
    return any(start <= rows[0] < last for start, last in loops[first : first + MAX_INSIDE] if start < end)


def _loops(body: Body) -> list[tuple[int, int]]:
    """The ranges of loops, in order."""
    return [
        (block.open.end, block.close.start)
        for block in body.template.blocks
        if not block.conditional and block.close is not None
    ]


def _worded(cell: Element) -> bool:
    texts = cell.markup.texts[cell.text_from : min(cell.text_to, cell.text_from + 20)]
    return any(text.strip() for _, _, text, _ in texts)


def _table_of(element: Element) -> Element | None:
    """The table whose row or part this is."""
    each: Element | None = element.parent
    while each is not None and each.tag != "table":
        if each.tag not in _TABLE_INSIDE:
            return None
        each = each.parent
    return each


def _filled_elsewhere(body: Body) -> set[int]:
    """Where tables begin some rows of which come from another template: they may have headings."""
    inserts = Inserts(body)
    found = set()
    for tag in inserts.tags:
        _, around = inserts.around(tag.start)
        if around is not None and around.tag in _TABLE_INSIDE:
            table = around if around.tag == "table" else _table_of(around)
            if table is not None:
                found.add(table.start)
    return found


@rule("ACC006", "link-no-name", Severity.ERROR, since="0.1")
def link_no_name(document: Document) -> Result:
    """A link has no name: no text, no alt of an image in it, no label.

    Why: There is nothing to see or click for anyone, or only a picture that a screen reader cannot name: it reads the address aloud, letter by letter.
    Bad: <a href="https://www.shop-nord.de/cart"></a>
    Good: <a href="https://www.shop-nord.de/cart">Back to your cart</a>
    Fix: Write the text of the link, or the alt of the image in it; take the link away if nothing is meant to be there.
    References: WCAG 2.2 success criteria 2.4.4, 4.1.2; HTML 4.5.1 (the a element)
    """
    for body in document.written:
        for link in body.find("a"):
            if "href" not in link.attributes or not nameless(body, link):
                continue
            if (link.get("aria-hidden") or "").lower() == "true":
                continue
            if any(each.tag == "img" for each in link.descendants()):
                message = (
                    "the image in this link has no alt, so the link has no name: screen readers spell out its address"
                )
                fix = steps('write in the alt of the image where the link leads, such as alt="To your order"')
            else:
                message = "this link has no text: there is nothing to click, and screen readers spell out its address"
                fix = steps("write the text of the link between <a …> and </a>, or delete the link")
            yield body.finding(message, link.start, link.end, fix=fix)
