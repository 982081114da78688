"""From paths to documents: files, their languages, the messages they belong to, and what they extend and include."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mailcheck.lint import dialects, files
from mailcheck.lint.dialects import detection
from mailcheck.lint.document import UNKNOWN, Body, Composition, Document
from mailcheck.lint.options import LintOptions
from mailcheck.lint.sets import MessageSet, Sets
from mailcheck.lint.source import Source
from mailcheck.lint.template import SUFFIX, Template
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from mailcheck.lint.composition import Composer
    from mailcheck.lint.front_matter import FrontMatter

_FIELDS = regex(
    r"(?:From|To|Subject|Date|Received|Return-Path|Delivered-To|DKIM-Signature|MIME-Version|Message-ID|Content-Type"
    r"|Reply-To|Sender|X-[\w-]+|ARC-[\w-]+|Authentication-Results|List-[\w-]+):",
    re.IGNORECASE,
)
_MJ = {"subject": ("<mj-title>", "</mj-title>"), "preheader": ("<mj-preview>", "</mj-preview>")}


class Gathered:
    """What there is to judge, sorted by subject; and (name, sentence) pairs of what was not read and why."""

    __slots__ = ("documents", "limits", "unreadable")

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.unreadable: list[tuple[str, str]] = []
        self.limits: list[tuple[str, str]] = []


def gather(paths: Sequence[str], options: LintOptions) -> Gathered:
    """Read files and folders. Never raises, executes nothing."""
    found = files.find(paths, options)
    gathering = _Gathering(options)
    gathering.out.unreadable += found.unreadable
    gathering.out.limits += found.limits
    for file in found.files:
        gathering.file(file)
    if options.with_dependents:
        from mailcheck.lint.dependents import find_dependents

        extra, limits = find_dependents(gathering.store, gathering.composer, gathering.seen, options)
        gathering.out.limits += limits
        for file in extra:
            gathering.file(file)
    return gathering.finish()


def from_text(text: str, path: str, options: LintOptions) -> Gathered:
    """The documents of a text that stands for the file at `path` (which need not be there; empty: no name)."""
    full = os.path.normpath(os.path.join(os.path.abspath(options.root), path)) if path else ""
    name = files.shown(full, os.path.abspath(options.root)) if full else "-"
    text = text.removeprefix("\ufeff")
    if full:
        options = options.with_texts({**options.instead, name: text})
    gathering = _Gathering(options)
    if full:
        gathering.file(files.File(full, name, explicit=True))
    elif _FIELDS.match(text):
        gathering.message(name, text.encode("utf-8", "surrogateescape"))
    else:
        gathering.single(Source(name, text), "")
    return gathering.finish()


def read_template(source: Source, options: LintOptions) -> Template:
    """A text in its template language."""
    return detection.read_template(source.path, source.text, options.dialects)


class _Gathering:
    """One run: what has been read, and the documents so far."""

    def __init__(self, options: LintOptions) -> None:
        self.options = options
        self.store = files.Store(str(options.root), options.instead)
        self.sets = Sets(self.store, options.sets)
        self.bodies: dict[str, Body | None] = {}
        self.layouts: dict[str, str] = {}
        self.out = Gathered()
        self.seen: set[str] = set()
        self.placed: list[tuple[Document, Body, str]] = []
        self.markup = False
        self.names: set[str] = set()

    @cached_property
    def composer(self) -> "Composer":
        """Made when the first rule asks for what is missing in a page."""
        from mailcheck.lint.composition import Composer

        source_root = str(self.options.source_root) if self.options.source_root is not None else None
        return Composer(self.store, self._read, source_root, self.bodies, self.layouts)

    def _read(self, source: Source) -> Template:
        return read_template(source, self.options)

    def finish(self) -> Gathered:
        if self.options.data is not None:
            from mailcheck.lint.rendering.stage import add_rendered

            add_rendered(self.placed, self.composer, self.options, self.out.unreadable, self.out.limits)
        if self.markup:
            from mailcheck.lint.rendering.stage import add_compiled

            add_compiled(self.placed, self.composer)
        self.out.documents.sort(key=lambda document: document.subject)
        self.out.unreadable.sort()
        self.out.limits.sort()
        return self.out

    # --- files -----------------------------------------------------------------------------------------------------
    def file(self, file: files.File) -> None:
        """One file: alone, or with the others of its message."""
        if file.path in self.seen or self.store.absent(file.path):
            return
        low = file.name.lower()
        try:
            if low.endswith(".eml"):
                self.seen.add(file.path)
                self.message(file.name, self.store.octets(file.path, files.MAX_MESSAGE))
                return
            found = self.sets.of(file.path)
            if found is not None:
                self.message_set(found)
            elif low.endswith(".json"):
                self.seen.add(file.path)
                self.json(self.store.read(file.path, file.name))
            elif not file.weak:
                self.seen.add(file.path)
                self.single(self.store.read(file.path, file.name), file.path)
        except files.Unreadable as error:
            told = self.out.unreadable if file.explicit or "octets, and" not in str(error) else self.out.limits
            told.append((file.name, f"{file.name}: {error}"))

    def single(self, source: Source, path: str) -> None:
        """A template that stands for itself."""
        role = self.sets.role(path) if path else None
        body, front, parts = self._body(source, path, role or files.medium(source.path, source.text))
        if role is not None:
            parts = []
        self._document(source.path, [*parts, body], [(body, path)], front)

    def _body(self, source: Source, path: str, media: str) -> tuple[Body, dict[str, Any], list[Body]]:
        """A body, the values of its front matter, and the subject and preheader that stand in it."""
        template = self._read(source)
        body = Body(source, template, media)
        values: dict[str, Any] = {}
        parts: list[Body] = []
        if source.text.startswith("---"):
            from mailcheck.lint import front_matter

            front = front_matter.read(source.text)
            template.faults = (*template.faults, *front.faults)
            body.start, values = front.body_start, front.values
            parts = self._declared(source, template, front)
        if path:
            self.bodies[path] = body
        self.markup = self.markup or "<mjml" in source.text
        if "<mj" in source.text and not parts:
            parts = self._mjml(source, template)
        return body, values, parts

    def _declared(self, source: Source, template: Template, front: "FrontMatter") -> list[Body]:
        """The subject and the preheader of front matter, as texts of their own."""
        from mailcheck.lint.mapped import MappedSource

        found = []
        for media in ("subject", "preheader", "from_name"):
            value = front.places.get(media)
            if value is not None:
                exact = value.quote and value.end - value.start == len(value.text)
                escape = _escape(value.quote) if exact else None
                steps = [at for at, _ in value.steps], [place for _, place in value.steps]
                text = MappedSource(value.text, source, steps, escape=escape)
                found.append(Body(text, _same(template, value.text), media))
        return found

    def _mjml(self, source: Source, template: Template) -> list[Body]:
        """mj-title and mj-preview: what MJML has of subject and preheader."""
        from mailcheck.lint.mapped import part_of

        found = []
        for media, (begin, end) in _MJ.items():
            start = source.text.find(begin)
            stop = source.text.find(end, start) if start >= 0 else -1
            if stop >= 0:
                text = part_of(source, start + len(begin), stop)
                found.append(Body(text, _same(template, text.text), media))
        return found

    def message_set(self, found: MessageSet) -> None:
        """The files of one message."""
        bodies: list[Body] = []
        placed: list[tuple[Body, str]] = []
        front: dict[str, Any] = {}
        subject_and_preheader: list[Body] = []
        self.seen |= set(found.parts.values())
        for part in ("subject", "preheader", "html", "text"):
            path = found.parts.get(part)
            if path is None:
                continue
            name = files.shown(path, self.store.root)
            try:
                source = self.store.read(path, name)
            except files.Unreadable as error:
                self.out.unreadable.append((name, f"{name}: {error}"))
                continue
            body, own, parts = self._body(source, path, part)
            front = {**own, **front}
            bodies.append(body)
            placed.append((body, path))
            subject_and_preheader += parts
        if "front" in found.parts:
            values, extra = self._front(found)
            front = {**values, **front}
            subject_and_preheader += extra
        known = {body.media for body in bodies}
        for body in subject_and_preheader:
            if body.media not in known:
                bodies.append(body)
                known.add(body.media)
        if placed:
            order = ("subject", "preheader", "html", "text")
            bodies.sort(key=lambda body: order.index(body.media) if body.media in order else len(order))
            self._document(found.name, bodies, placed, front, kind=found.kind, is_set=len(known) > 1)

    def _front(self, found: MessageSet) -> tuple[dict[str, Any], list[Body]]:
        """A file of metadata: YAML as in front matter, or JSON with keys such as subject, Subject, LayoutTemplate."""
        from mailcheck.lint import front_matter

        path = found.parts["front"]
        source = self.store.source(path)
        if source is None:
            return {}, []
        if not path.lower().endswith(".json"):
            front = front_matter.read_yaml(source.text)
            template = dialects.read(source.text, "plain")
            template.faults = tuple(front.faults)
            faulty = [Body(source, template, "front")] if front.faults else []
            return front.values, [*self._declared(source, self._read(source), front), *faulty]
        from mailcheck.lint import json_templates

        strings = {
            pointer[1:].lower(): place
            for pointer, place in json_templates.read(source).strings.items()
            if pointer.count("/") == 1
        }
        values: dict[str, Any] = {}
        bodies = []
        for key in front_matter.KEYS:
            place = strings.get(key) or strings.get(key.replace("_", ""))
            if place is None:
                continue
            text = json_templates.string(source, *place)
            values[key] = text.text
            if key in {"subject", "preheader", "from_name"}:
                bodies.append(Body(text, self._read(text), key))
        layout = strings.get("layouttemplate")
        if layout:
            for part in ("html", "text"):
                if part in found.parts:
                    self.layouts[found.parts[part]] = json_templates.string(source, *layout).text
        return values, bodies

    def json(self, source: Source) -> None:
        """The templates of a provider's JSON."""
        from mailcheck.lint import json_templates

        found = json_templates.read(source)
        if found.fault is not None:
            message, at = found.fault
            place = source.location(at, at)
            raise files.Unreadable(f"{message} (line {place.line}, column {place.column})")
        if not found.messages:
            raise files.Unreadable("this JSON holds no template of Amazon SES, SendGrid or Postmark")
        for each in found.messages:
            declared, origin = detection.detect(source.path, "", self.options.dialects)
            language = declared if origin == "declared" else json_templates.DIALECTS[each.provider]
            bodies = [
                Body(text, dialects.read(text.text, language, origin=SUFFIX), part) for part, text in each.parts.items()
            ]
            name = source.path if len(found.messages) == 1 else f"{source.path}#{each.pointer}"
            around = "Postmark may put a layout around it" if each.provider == "postmark" else ""
            self._document(name, bodies, [], {}, is_set=len(bodies) > 1, around=around)

    def message(self, name: str, raw: bytes) -> None:
        """A message as it is sent."""
        from mailcheck.lint import messages

        mail = messages.read(name, raw)
        self.out.limits += [(name, f"{name}: {why}") for why in mail.limits]
        bodies = [
            Body(source, dialects.read(source.text, "plain"), media, rendered=True) for media, source in mail.texts
        ]
        if mail.subject is not None:
            subject = Body(mail.subject, dialects.read(mail.subject.text, "plain"), "subject", rendered=True)
            bodies.insert(0, subject)
        sender = messages.display_name(mail)
        if sender is not None:
            bodies.append(Body(sender, dialects.read(sender.text, "plain"), "from_name", rendered=True))
        headers = {field.key: field.text for field in reversed(mail.message.fields)}
        self._document(name, bodies, [], {}, message=mail.message, headers=headers, mail=mail)

    # --- documents -------------------------------------------------------------------------------------------------
    def _document(
        self,
        name: str,
        bodies: list[Body],
        placed: list[tuple[Body, str]],
        front: dict[str, Any],
        *,
        kind: str | None = None,
        is_set: bool = False,
        message: Any = None,
        headers: Mapping[str, str] | None = None,
        around: str = "",
        mail: Any = None,
    ) -> None:
        paths = {id(body): path for body, path in placed if path}
        composed: Callable[[Body], Composition] | None = None
        if placed or around:

            def composed(body: Body) -> Composition:
                path = paths.get(id(body))
                if body.source.how:
                    # Rendered, it is whole; compiled, what is missing is judged where it is written.
                    return Composition((body,), complete=body.rendered, reason=body.source.how)
                if around:
                    return Composition((body,), complete=False, reason=around)
                return self.composer.compose(body, path or os.path.join(self.store.root, "-"))

        if name in self.names and bodies:
            # A folder `welcome` and files `welcome.html` and `.txt` beside it are two messages.
            name = next((body.source.path for body in bodies if body.source.path not in self.names), name)
        self.names.add(name)
        declared = self.options.kind or kind

        def others() -> list[Body]:
            texts = [body for body in bodies if body.media in {"html", "text"} and not body.source.how]
            return [each for body in texts for each in document.composed(body).bodies]

        document = Document(
            name,
            bodies,
            kind=_kind(declared, front, headers, bodies, others),
            composed=composed,
            message=message,
            is_set=is_set,
            front=front,
            link_domains=self.options.link_domains,
            today=self.options.today,
            ledger=self.options.ledger,
        )
        document.mail = mail
        if message is None:
            self.placed += [(document, body, paths.get(id(body), "")) for body in bodies if body.media != "front"]
        self.out.documents.append(document)


def _kind(
    declared: str | None,
    front: dict[str, Any],
    headers: Mapping[str, str] | None,
    bodies: Sequence[Body],
    others: Callable[[], list[Body]],
) -> Callable[[], tuple[str, str]]:
    def decide() -> tuple[str, str]:
        from mailcheck.lint.kind import kind_of

        if not bodies:
            return declared or UNKNOWN, ""
        settled = declared or front.get("kind") or front.get("offer")
        return kind_of(declared, front, headers, bodies, () if settled else others())

    return decide


def _same(template: Template, text: str) -> Template:
    """A text in the language of another."""
    return dialects.read(text, template.dialect, origin=template.origin)


def _escape(quote: str) -> Callable[[str], str]:
    from mailcheck.lint import front_matter

    return lambda text: front_matter.escape(quote, text)
