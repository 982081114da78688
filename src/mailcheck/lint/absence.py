"""What a whole message lacks: which bodies make it up, whether all of them are known, and where to say it."""

from collections.abc import Iterable

from mailcheck.lint.document import MARKETING, Body, Document


def whole_message(document: Document) -> tuple[Body, ...] | None:
    """All bodies of a message as it will be sent; None where a part is unknown or this is only a part of one."""
    found: list[Body] = []
    page = document.mail is not None or document.is_set
    # Rendered with data, a body is what will be sent; before that, it is judged with all that it extends and includes.
    html = [body for body in document.written if body.rendered] or document.written
    for body in (*html, *document.text):
        composition = document.composed(body)
        if not composition.complete:
            return None
        page = page or body.media == "text" or any(each.whole for each in composition.bodies)
        found += composition.bodies
    if document.mail is not None and document.mail.limits:
        return None
    return tuple(dict.fromkeys(found)) if page and found else None


def marketing_message(document: Document) -> bool:
    """Whether the rules about what every mass mail must hold apply: it is one, and all of it is known."""
    return (
        bool(document.written or document.text) and whole_message(document) is not None and document.kind == MARKETING
    )


def ending(document: Document) -> tuple[Body, int, int]:
    """Where to put what is missing: before the end of the page, else the last line of the text."""
    body = next(iter(document.written or document.text))
    for markup in body.variants:
        for name in ("body", "mj-body", "html", "mjml"):
            for element in markup.find(name):
                if element.close_start is not None and element.close_end is not None:
                    return body, element.close_start, element.close_end
    text = body.source.text.rstrip()
    start = max(text.rfind("\n"), text.rfind("\r")) + 1
    return body, max(start, body.start), max(len(text), start)


def dialect_tag(bodies: Iterable[Body], tags: dict[str, str], fallback: str) -> str:
    """The tag to paste, in the language of the template."""
    return next((tags[body.template.dialect] for body in bodies if body.template.dialect in tags), fallback)
