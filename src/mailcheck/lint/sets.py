"""Message sets: subject, preheader, HTML, text and front matter of one message that stand in several files.

Found by how the files are called, or as the configuration says. What is doubtful makes no set: each file is then
judged by itself.
"""

import os
import re
from collections.abc import Iterator, Mapping

from mailcheck.lint.files import MARKUP, PLAIN, Store, shown, words
from mailcheck.model.pattern import regex

PARTS = ("subject", "preheader", "html", "text", "front")
_DATA = ("json", "yaml", "yml")
_BODY = r"body|message|content|email|mail|template"
# welcome_subject.txt, email.body.plaintext.gotmpl, alert-body-text.html: a stem, what it is, and perhaps its medium.
_TAIL = regex(
    rf"(.+?)[-_.](?:(subject)|(preheader|preview)|({_BODY})|(html)|(text|txt|plain|plaintext)|(meta|metadata))"
    r"(?:[-_.](html|text|txt|plain|plaintext))?\Z"
)
# A folder of its own for each message: subject.txt, body.html, body.txt, meta.json.
_WHOLE = regex(
    rf"(?:(subject)|(preheader|preview)|({_BODY}|index)|(html)|(text|txt|plain|plaintext)|(meta|metadata))"
    r"(?:[-_.](html|text|txt|plain|plaintext))?\Z"
)
_DECLARES = regex(r"""^(?:subject|preheader)\s*:|["'](?:subject|preheader)["']\s*:""", re.IGNORECASE | re.MULTILINE)


class MessageSet:
    """The files of one message: part -> path, the name under which it is reported, and its kind where declared."""

    __slots__ = ("kind", "name", "parts")

    def __init__(self, name: str, parts: dict[str, str], kind: str | None = None) -> None:
        self.name = name
        self.parts = parts
        self.kind = kind


class Sets:
    """The sets of one run, found from any of their files."""

    __slots__ = ("_folders", "_patterns", "_store")

    def __init__(self, store: Store, tables: tuple[Mapping[str, str], ...] = ()) -> None:
        self._store = store
        self._folders: dict[str, dict[str, dict[str, list[str]]]] = {}
        self._patterns = [_Table(table) for table in tables]

    def of(self, path: str) -> MessageSet | None:
        """The set that a file belongs to, None where it stands for itself."""
        return self._declared(path) or self._conventional(path)

    def role(self, path: str) -> str | None:
        """The part that a file that stands for itself is by its name: subject or preheader; None for a body."""
        for _, role in classified(os.path.basename(path)):
            if role in {"subject", "preheader"}:
                return role
        return None

    # --- by the configuration --------------------------------------------------------------------------------------
    def _declared(self, path: str) -> MessageSet | None:
        root = self._store.root
        name = shown(path, root)
        for table in self._patterns:
            for message in table.names(name):
                parts = {}
                for part, file in table.files(message).items():
                    full = os.path.normpath(os.path.join(root, file))
                    if self._store.there(full) or full == path:
                        parts[part] = full
                if path in parts.values() and ("html" in parts or "text" in parts) and (len(parts) > 1 or table.kind):
                    return MessageSet(_common(parts, root), parts, table.kind)
        return None

    # --- by convention ---------------------------------------------------------------------------------------------
    def _conventional(self, path: str) -> MessageSet | None:
        folder, _, name = path.rpartition(os.sep)
        if folder not in self._folders:
            self._folders[folder] = self._read(folder, name)
        best: tuple[str, dict[str, str]] | None = None
        for key, _ in classified(name):
            found = self._folders[folder].get(key, {})
            parts = {part: os.path.join(folder, names[0]) for part, names in found.items() if len(names) == 1}
            if "front" in parts and not self._front(parts["front"]):
                del parts["front"]
            # Of several readings of a name, the one that finds most of the message; the surest where they are equal.
            if path in parts.values() and _is_set(key, parts, found) and (best is None or len(parts) > len(best[1])):
                best = key, parts
        if best is None:
            return None
        key, parts = best
        where, top = shown(folder, self._store.root), folder == self._store.root
        if not key:
            return MessageSet(shown(path, self._store.root) if top else where, parts)
        written = os.path.basename(parts.get("html") or parts["text"])[: len(key)]
        return MessageSet(written if top else f"{where}/{written}", parts)

    def _read(self, folder: str, own: str) -> dict[str, dict[str, list[str]]]:
        """Key -> part -> names, of a folder. A part that is named as such goes before a plain `welcome.html`."""
        found: dict[str, dict[str, list[str]]] = {}
        plain: list[tuple[str, str, str]] = []
        for name in sorted(self._store.names(folder)) or (own,):
            roles = list(classified(name))
            for number, (key, role) in enumerate(roles):
                if number == len(roles) - 1 and key:
                    plain.append((key, role, name))
                else:
                    found.setdefault(key, {}).setdefault(role, []).append(name)
        for key, role, name in plain:
            parts = found.setdefault(key, {})
            if role not in parts or all(_TAIL.match(_stem(each)) is None for each in parts[role]):
                parts.setdefault(role, []).append(name)
        return found

    def _front(self, path: str) -> bool:
        source = self._store.source(path)
        return source is not None and _DECLARES.search(source.text[:20_000]) is not None


def _is_set(key: str, parts: dict[str, str], found: dict[str, list[str]]) -> bool:
    """Whether the files make one message: a body, and beside it a part that cannot be another message."""
    if "html" not in parts and "text" not in parts:
        return False
    if key:
        return len(parts) > 1
    # body.html and text.html side by side may be two messages; with a subject or metadata in the folder they are one.
    return (
        ("subject" in parts or "front" in parts) and len(found.get("html", [])) < 2 and len(found.get("text", [])) < 2
    )


def _stem(name: str) -> str:
    parts, _ = words(name)
    if len(parts) > 1 and parts[-1] in (*MARKUP, *PLAIN, *_DATA, "md"):
        parts = parts[:-1]
    return ".".join(parts)


def classified(name: str) -> Iterator[tuple[str, str]]:
    """What a file may be: (key of the message, part) pairs, the surest first; the key is empty for the folder's own."""
    parts, language = words(name)
    last = parts[-1] if len(parts) > 1 else ""
    if last in MARKUP:
        medium = "html"
    elif last in PLAIN or last == "md":
        medium = "text"
    elif last in _DATA and not language:
        medium = "front"
    elif language:
        medium = ""
    else:
        return
    stem = _stem(name)
    match = _TAIL.match(stem)
    if match:
        role = _role(match, 2, medium)
        if role:
            yield match[1], role
    elif last in PLAIN and len(parts) > 2 and (match := _TAIL.match(".".join(parts))):
        yield match[1], "text"
    match = _WHOLE.match(stem)
    if match:
        role = _role(match, 1, medium)
        if role:
            yield "", role
    yield stem, medium or "html"


def _role(match: "re.Match[str]", first: int, medium: str) -> str | None:
    subject, preheader, body, html, text, meta, ending = (match[first + number] for number in range(7))
    if meta or medium == "front":
        return "front" if meta and medium == "front" else None
    if subject:
        return "subject"
    if preheader:
        return "preheader"
    if body:
        if ending:
            # alert-body-text.html: the medium of the part, whatever the suffix says.
            return "html" if ending == "html" else "text"
        return medium or "html"
    if html:
        return "html" if medium != "text" else None
    return "text" if text and medium != "html" else None


class _Table:
    """One `[[set]]` of the configuration."""

    __slots__ = ("_matchers", "_patterns", "kind")

    def __init__(self, table: Mapping[str, str]) -> None:
        self.kind = table.get("kind")
        self._patterns = {part: table[part].removeprefix("./") for part in PARTS if table.get(part)}
        self._matchers = [_matcher(pattern) for pattern in self._patterns.values()]

    def names(self, path: str) -> Iterator[str]:
        """The names of the messages of which this file may be a part."""
        for matcher in self._matchers:
            match = matcher.fullmatch(path)
            if match:
                yield match.groupdict().get("name", "")

    def files(self, name: str) -> dict[str, str]:
        """Part -> file of the message of this name."""
        return {part: pattern.replace("{name}", name) for part, pattern in self._patterns.items()}


def _matcher(pattern: str) -> "re.Pattern[str]":
    first, *others = (re.escape(piece) for piece in pattern.split("{name}"))
    text = first
    for number, piece in enumerate(others):
        text += ("(?P<name>.+)" if number == 0 else "(?P=name)") + piece
    return re.compile(text)


def _common(parts: dict[str, str], root: str) -> str:
    """What the names of the files have in common, for the report."""
    names = sorted(shown(path, root) for path in parts.values())
    first, last = names[0], names[-1]
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    common = first[:same].rstrip("._-/ ")
    return common if len(names) > 1 and common else shown(parts.get("html") or parts["text"], root)
