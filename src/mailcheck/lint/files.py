"""From paths to files: folders walked in order, what is no template left out, octets read and decoded.

Nothing is executed, and nothing but regular files is opened: a pipe, a device or a socket would block or do harm.
"""

import errno
import os
import re
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from mailcheck.lint.dialects.detection import LONG_SUFFIXES, SUFFIXES
from mailcheck.lint.options import LintOptions
from mailcheck.lint.source import Source
from mailcheck.model.globs import first_match
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from mailcheck.lint.gitignore import Ignored

MAX_OCTETS = 5 * 1024 * 1024
"""Octets of a template that is read."""
MAX_MESSAGE = 25 * 1024 * 1024
"""Octets of a message (.eml) that is read."""
MAX_FILES = 20_000
"""Files of one run."""
MAX_FOLDERS = 50_000
"""Folders that are walked in one run."""
MAX_DEPTH = 100
"""Folders inside each other that are walked."""

MARKUP = ("html", "htm", "xhtml", "mjml")
"""Last words of names that are markup, before the suffix of a template language."""
PLAIN = ("txt", "text", "plain", "plaintext")
"""Last words of names that are plain text."""
LANGUAGES = (*LONG_SUFFIXES, *SUFFIXES, ".tmpl", ".tpl")
"""Suffixes of template languages; a suffix of the medium may stand before them."""
_NOT_MAIL = frozenset(
    """
    conf cfg cnf ini yml yaml json js mjs ts tsx jsx css scss less sh bash service timer socket xml sql py rb go rs c h
    cpp java kt tf tfvars toml env csv svg php properties rules list repo dockerfile nginx lua ps1 bat cmd vue svelte
    graphql proto po pot rst adoc tex
    """.split()  # noqa: SIM905  a table
)
"""What a template is made of where it is no mail: `nginx.conf.j2`, `database.yml.erb`, `app.js.erb`."""
_LEFT_OUT = frozenset({"node_modules", "bower_components", "__pycache__", "site-packages"})
_MARKUP_SIGN = regex(
    r"</?(?:!doctype|html|head|body|table|tr|td|div|p|a|h[1-6]|img|span|br|center|mj-?\w+)\b", re.IGNORECASE
)
_CHILD_SIGN = regex(
    r"\{%[-+~]?\s*(?:extends|layout)\b|\{\{(?:<|#>)|@extends\s*\(|@section\s*\(|<x-\w|\{extends\s|<@\w+\.\w"
)
_CHARSET = regex(
    rb"""<meta[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,100}?\bencoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_JSON_SIGN = regex(rb'"(?:SubjectPart|HtmlPart|TextPart|html_content|plain_content|HtmlBody|TextBody|TemplateContent)"')
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Unreadable(Exception):  # noqa: N818  what is wrong is the file, and it is told, not raised to a caller
    """A file cannot be used; the text says why and what to do. Never leaves this package's gathering."""


class File:
    """One file to be judged: where it is, under which name it is told, and whether it was named by the caller.

    `weak` files are judged only as parts of a message set (a `.txt` that a walk came by).
    """

    __slots__ = ("explicit", "name", "path", "weak")

    def __init__(self, path: str, name: str, *, explicit: bool, weak: bool = False) -> None:
        self.path = path
        self.name = name
        self.explicit = explicit
        self.weak = weak


class Found:
    """The files, and what was left out: (name, sentence) pairs, unreadable (RUN002) and beyond a limit (RUN003)."""

    __slots__ = ("files", "limits", "unreadable")

    def __init__(self) -> None:
        self.files: list[File] = []
        self.unreadable: list[tuple[str, str]] = []
        self.limits: list[tuple[str, str]] = []


# --- names ------------------------------------------------------------------------------------------------------------
def shown(path: str, root: str) -> str:
    """The name of a path in reports: from the root where it lies below it, with forward slashes."""
    base = root.rstrip(os.sep) + os.sep
    return path.removeprefix(base).replace(os.sep, "/")


def words(name: str) -> tuple[list[str], str]:
    """A file name as its words between dots in lower case, and the suffix of the template language behind them."""
    low = name.rpartition("/")[2].lower()
    if not low.endswith(LANGUAGES):
        return low.split("."), ""
    for suffix in LANGUAGES:
        if low.endswith(suffix) and len(low) > len(suffix):
            return low[: -len(suffix)].split("."), suffix
    return low.split("."), ""


def medium(name: str, text: str) -> str:
    """Html or text: by the name, else by what stands in it."""
    parts, language = words(name)
    last = parts[-1] if len(parts) > 1 else ""
    if last in MARKUP or language in {".cshtml", ".gohtml", ".ftlh"}:
        return "html"
    if last in PLAIN or last == "md" or "plaintext" in parts[1:]:
        return "text"
    # What only fills the slots of a layout may hold no markup of its own; layouts are pages.
    return "html" if _MARKUP_SIGN.search(text) or _CHILD_SIGN.search(text[:5_000]) else "text"


def wanted(name: str) -> str:
    """What a walk does with a name: "yes", "look" (its content decides), "weak" (as part of a set only) or ""."""
    parts, language = words(name)
    last = parts[-1] if len(parts) > 1 else ""
    if language:
        if last in _NOT_MAIL:
            return ""
        return "yes" if last in MARKUP or last in PLAIN or language in {".cshtml", ".gohtml"} else "look"
    if last in MARKUP or last == "eml":
        return "yes"
    return {"txt": "weak", "json": "json"}.get(last, "")


# --- walking ----------------------------------------------------------------------------------------------------------
def find(paths: Sequence[str], options: LintOptions) -> Found:
    """The files that the paths mean, sorted by name. Never raises."""
    return _Walk(options).run(paths)


class _Walk:
    """One run over the paths."""

    def __init__(self, options: LintOptions) -> None:
        self.options = options
        self.root = os.path.abspath(options.root)
        self.real_root = os.path.realpath(self.root)
        self.found = Found()
        self.known: set[str] = set()
        self.seen: set[tuple[int, int]] = set()
        self.folders = self.strong = 0
        self.full = False

    def run(self, paths: Sequence[str]) -> Found:
        for path in paths:
            self.path(os.path.abspath(path))
        found = self.found
        found.files.sort(key=lambda file: file.name)
        found.unreadable.sort()
        found.limits.sort()
        return found

    def path(self, path: str) -> None:
        name = shown(path, self.root)
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            self.found.unreadable.append((name, f"{name}: {_why(error)}"))
            return
        if self.options.force_exclude and self.excluded(name):
            return
        if self.leaves(path):
            self.found.unreadable.append((name, _leads_out(name)))
        elif stat.S_ISDIR(mode):
            before = self.strong, len(self.found.unreadable)
            self.folder(path)
            if (self.strong, len(self.found.unreadable)) == before and not self.full:
                self.found.unreadable.append(
                    (
                        name,
                        f"{name or '.'}: this folder holds no template and no message (exclude and .gitignore count)",
                    )
                )
        elif self.options.force_exclude and stat.S_ISREG(mode):
            # A hook is handed whatever its pattern fits; `nginx.conf.j2` is no more a mail there than in a folder.
            use = wanted(name)
            if use in {"yes", "weak"} or (use and _worth_a_look(path, use)):
                self.add(path, explicit=True, weak=use == "weak")
        else:
            self.add(path, explicit=True)

    def add(self, path: str, *, explicit: bool, weak: bool = False) -> None:
        self.strong += not weak
        if path in self.known:
            return
        if len(self.known) >= MAX_FILES:
            if not self.full:
                self.full = True
                more = f"more than {MAX_FILES:,} files; the rest is not read"
                self.found.limits.append((shown(path, self.root), more))
            return
        self.known.add(path)
        self.found.files.append(File(path, shown(path, self.root), explicit=explicit, weak=weak))

    def excluded(self, name: str) -> bool:
        return bool(self.options.exclude) and first_match(name, self.options.exclude) is not None

    def leaves(self, path: str) -> bool:
        """Whether a path below the root leads out of it by a link."""
        base = self.root.rstrip(os.sep) + os.sep
        if not path.startswith(base):
            return False
        real, top = os.path.realpath(path), self.real_root.rstrip(os.sep) + os.sep
        return not (real + os.sep).startswith(top)

    def folder(self, top: str) -> None:
        """All templates below a folder: real folders first, then those that links lead to, each once."""
        from mailcheck.lint.gitignore import Ignored

        self.seen = set()
        links: list[str] = []
        self.descend(top, Ignored.around(top), links)
        for link in links:
            self.descend(link, Ignored.around(link), [])

    def descend(self, top: str, ignored: "Ignored", links: list[str]) -> None:
        waiting = [(top, ignored, 0)]
        while waiting:
            folder, rules, depth = waiting.pop()
            name = shown(folder, self.root)
            try:
                state = os.stat(folder)
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self.found.unreadable.append((name, f"{name}: {_why(error)}"))
                continue
            key = state.st_dev, state.st_ino
            self.folders += 1
            if (key in self.seen and state.st_ino) or self.full:
                continue
            self.seen.add(key)
            if depth > MAX_DEPTH or self.folders > MAX_FOLDERS:
                self.found.limits.append(
                    (name, f"{name}: more than {MAX_DEPTH} folders deep, or {MAX_FOLDERS:,} in all; not read")
                )
                continue
            if any(entry.name == "pyvenv.cfg" for entry in entries):
                continue
            below = rules.below(folder, [entry.name for entry in entries])
            inner = []
            for entry in entries:
                path = self.entry(entry, below, links)
                if path:
                    inner.append((path, below, depth + 1))
            waiting += reversed(inner)

    def entry(self, entry: "os.DirEntry[str]", ignored: "Ignored", links: list[str]) -> str | None:
        """Add a file of a folder; gives the path of a folder to go into."""
        path = entry.path
        use = wanted(entry.name)
        try:
            folder = entry.is_dir()
            if not folder and not use:
                return None
            name = shown(path, self.root)
            if entry.name in _LEFT_OUT or (entry.name.startswith(".") and folder) or self.excluded(name):
                return None
            if ignored.out(path, folder=folder):
                return None
            if entry.is_symlink() and self.leaves(path):
                self.found.limits.append((name, _leads_out(name)))
                return None
            if folder:
                if entry.is_symlink():
                    links.append(path)
                    return None
                return path
            if not entry.is_file():
                kind = "a broken link" if entry.is_symlink() and not os.path.exists(path) else "no regular file"
                self.found.limits.append((name, f"{name}: is {kind}; it is not read"))
                return None
        except OSError as error:
            name = shown(path, self.root)
            if error.errno == errno.ELOOP:
                self.found.limits.append((name, f"{name}: is a link that leads to itself; it is not read"))
            else:
                self.found.unreadable.append((name, f"{name}: {_why(error)}"))
            return None
        if use in {"yes", "weak"} or _worth_a_look(path, use):
            self.add(path, explicit=False, weak=use == "weak")
        elif use == "look":
            self.add(path, explicit=False, weak=True)
        return None


def _leads_out(name: str) -> str:
    return f"{name}: a symbolic link that leads out of the root; it is not followed"


def _worth_a_look(path: str, use: str) -> bool:
    """Whether a file whose name says little holds a mail: markup, or the JSON of a provider's template."""
    try:
        octets = read_octets(path)
    except Unreadable:
        return False
    if use == "json":
        return _JSON_SIGN.search(octets) is not None
    return _MARKUP_SIGN.search(octets.decode("latin-1")) is not None


# --- reading ----------------------------------------------------------------------------------------------------------
def read_octets(path: str, most: int = MAX_OCTETS) -> bytes:
    """The content of a regular file. Raises Unreadable, and never waits."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        state = os.stat(path)
        _check(state, most)
        handle = os.open(path, flags)
        with open(handle, "rb") as stream:
            _check(os.fstat(handle), most)
            octets = stream.read(most + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(_why(error)) from None
    if len(octets) > most:
        raise Unreadable(_too_large(len(octets), most))
    return octets


def _check(state: os.stat_result, most: int) -> None:
    if stat.S_ISDIR(state.st_mode):
        raise Unreadable("is a folder")
    if stat.S_ISFIFO(state.st_mode):
        raise Unreadable("is a pipe; hand its content over on standard input: mailcheck lint - --stdin-filename NAME")
    if not stat.S_ISREG(state.st_mode):
        raise Unreadable("is no regular file")
    if state.st_size > most:
        raise Unreadable(_too_large(state.st_size, most))


def _too_large(size: int, most: int) -> str:
    return f"has {size:,} octets, and {most:,} are read; leave it out with `exclude`, or make it smaller"


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    reason = getattr(error, "strerror", None) or str(error)
    return f"cannot be read: {reason}"


def decode(octets: bytes, name: str) -> Source:
    """The text of a template: by its byte order mark, as UTF-8, else in the charset it declares. Raises Unreadable."""
    if name.lower().endswith(".eml"):
        # A message is octets; its parts have charsets of their own (lint/messages.py).
        return Source(name, octets.decode("latin-1"), encoding="latin-1")
    for mark, encoding in _MARKS:
        if octets.startswith(mark):
            try:
                text = octets[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(_broken(octets, error.start + len(mark), encoding.upper())) from None
            return _source(name, text, encoding, bom=True)
    try:
        return _source(name, octets.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    if b"\0" in octets:
        raise Unreadable("is binary, not text: it holds NUL octets")
    declared = _CHARSET.search(octets[:4096])
    if declared is None:
        raise Unreadable(f"{_broken(octets, at, 'UTF-8')}, and no charset is declared in it; save the file as UTF-8")
    charset = (declared[1] or declared[2]).decode("latin-1")
    encoding = _codec(charset)
    try:
        return _source(name, octets.decode(encoding), encoding)
    except (UnicodeError, ValueError, LookupError) as error:
        place = getattr(error, "start", at)
        raise Unreadable(f"{_broken(octets, place, charset)}, which it declares; save the file as UTF-8") from None


def _codec(charset: str) -> str:
    from mailcheck.mail.charsets import decoder

    # Encoding standard 4.2: what is labelled Latin-1 or ASCII is read as windows-1252 by everybody.
    low = charset.lower()
    if low in {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"}:
        return "cp1252"
    found = decoder(charset)
    if found is None:
        raise Unreadable(f"declares the charset {charset!r:.50}, which is none; save the file as UTF-8")
    return found


def _source(name: str, text: str, encoding: str, *, bom: bool = False) -> Source:
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise Unreadable(f"is binary, not text: a NUL stands in line {line} (UTF-16 needs a byte order mark)")
    return Source(name, text, encoding=encoding, bom=bom)


def _broken(octets: bytes, at: int, charset: str) -> str:
    line = octets.count(b"\n", 0, at) + 1
    column = at - (octets.rfind(b"\n", 0, at) + 1) + 1
    shown_octet = f"0x{octets[at]:02X}" if at < len(octets) else "at the end"
    return f"the octet {shown_octet} in line {line}, octet {column} of the line, is no {charset:.40}"


class Store:
    """The files below the root, read once each: what extends, includes and sets look up. Never leaves the root.

    `instead` holds texts that stand for files, by their names in reports; None: as if the file were not there.
    """

    __slots__ = ("_folders", "_instead", "_names", "_real", "_sources", "real_root", "root")

    def __init__(self, root: str, instead: Mapping[str, str | None] | None = None) -> None:
        self.root = os.path.abspath(root)
        self.real_root = os.path.realpath(self.root)
        self._instead = {
            os.path.normpath(os.path.join(self.root, name)): text for name, text in (instead or {}).items()
        }
        self._sources: dict[str, Source | None] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._real: dict[str, bool] = {}

    def inside(self, path: str) -> bool:
        """Whether a path lies below the root, links followed."""
        if path not in self._real:
            real = os.path.realpath(path) + os.sep
            self._real[path] = real.startswith(self.real_root.rstrip(os.sep) + os.sep)
        return self._real[path]

    def names(self, folder: str) -> frozenset[str]:
        """The names in a folder below the root; none where it cannot be read."""
        if folder not in self._names:
            try:
                found = set(os.listdir(folder)) if self.inside(folder) else set()
            except (OSError, ValueError):
                found = set()
            for path, text in self._instead.items():
                where, name = os.path.split(path)
                if where == folder:
                    (found.discard if text is None else found.add)(name)
            self._names[folder] = frozenset(found)
        return self._names[folder]

    def there(self, path: str) -> bool:
        """Whether a regular file is there, below the root."""
        folder, name = os.path.split(path)
        if name not in self.names(folder):
            return False
        return path in self._instead or (self.inside(path) and os.path.isfile(path))

    def source(self, path: str) -> Source | None:
        """The text of a file below the root; None where it is not there or cannot be read."""
        if path not in self._sources:
            self._sources[path] = None
            if self.there(path):
                with suppress(Unreadable):
                    self._sources[path] = self.read(path, shown(path, self.root))
        return self._sources[path]

    def read(self, path: str, name: str) -> Source:
        """The text of any file. Raises Unreadable."""
        found = self._sources.get(path)
        if found is None:
            text = self._instead.get(path)
            found = Source(name, text) if text is not None else decode(read_octets(path), name)
            self._sources[path] = found
        return found

    def octets(self, path: str, most: int) -> bytes:
        """The content of any file. Raises Unreadable."""
        text = self._instead.get(path)
        return read_octets(path, most) if text is None else text.encode("utf-8", "surrogateescape")

    def absent(self, path: str) -> bool:
        """Whether the file counts as not there though it is."""
        return path in self._instead and self._instead[path] is None
