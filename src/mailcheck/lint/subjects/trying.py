"""A subject that stands in no file: given on a command line or by a caller in Python, with what belongs to it."""

from collections.abc import Mapping
from typing import Any

from mailcheck.lint import dialects
from mailcheck.lint.dialects import detection
from mailcheck.lint.document import Body, Document
from mailcheck.lint.kind import kind_of
from mailcheck.lint.options import LintOptions
from mailcheck.lint.source import Source

MAX_LINE = 100_000
"""Characters of a subject, preheader or name that are read."""


class Try:
    """What is tried: the lines, the body (a text and the name that it goes by), and the declared offer."""

    __slots__ = ("body", "body_name", "from_name", "offer", "preheader", "subject")

    def __init__(
        self,
        subject: str,
        *,
        preheader: str | None = None,
        from_name: str | None = None,
        body: str | None = None,
        body_name: str = "body",
        offer: Mapping[str, Any] | None = None,
    ) -> None:
        self.subject = subject
        self.preheader = preheader
        self.from_name = from_name
        self.body = body
        self.body_name = body_name
        self.offer = offer


def document_of(given: Try, options: LintOptions) -> Document:
    """The document that it makes. The lines are in the language of the body's tags, else in that of their own."""
    bodies = []
    dialect = None
    front: dict[str, Any] = {}
    if given.body is not None:
        from mailcheck.lint import files, front_matter

        source = Source(given.body_name, given.body)
        template = detection.read_template(source.path, source.text, options.dialects)
        body = Body(source, template, files.medium(source.path, source.text))
        if source.text.startswith("---"):
            top = front_matter.read(source.text)
            body.start, front = top.body_start, dict(top.values)
        bodies.append(body)
        dialect = template.dialect if template.tags else None
    lines = {"subject": given.subject, "preheader": given.preheader, "from_name": given.from_name}
    for number, (media, text) in enumerate(lines.items()):
        if text is None:
            continue
        source = Source(media, text[:MAX_LINE])
        template = detection.read_template(media, source.text, options.dialects)
        if dialect is not None and not template.tags:
            template = dialects.read(source.text, dialect)
        source.editable = False
        bodies.insert(number, Body(source, template, media))
    if given.offer is not None:
        front["offer"] = dict(given.offer)

    def kind() -> tuple[str, str]:
        return kind_of(options.kind, front, None, bodies)

    return Document(
        "subject",
        bodies,
        kind=kind,
        is_set=True,
        front=front,
        today=options.today,
        ledger=options.ledger,
        link_domains=options.link_domains,
    )
