"""What a template becomes with those that it extends and includes, looked up inside the repository alone.

A composition is complete where nothing that readers get can come from elsewhere. Whatever is not certain (a name that
is computed, a slot that others fill, a layout chosen in code, a part of a page) makes it incomplete, and then nothing
is said about what is missing in it.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping

from mailcheck.lint.document import Body, Composition
from mailcheck.lint.files import Store, medium, words
from mailcheck.lint.references import DEFINE, EXTENDS, INCLUDE, OPAQUE, SLOT, Reference, references
from mailcheck.lint.source import Source
from mailcheck.lint.template import Template
from mailcheck.model.pattern import regex

MAX_BODIES = 50
"""Templates of one composition."""
MAX_LEVELS = 20
"""Levels of extending and including that are followed."""
MAX_INDEX = 50_000
"""Files among which a name is looked for that is not found nearby."""
MAX_INDEX_FOLDERS = 5_000
"""Folders in which it is looked for; of a larger repository, only what is near counts."""
FOLDERS = (
    "", "templates", "views", "emails", "email", "mails", "mail", "layouts", "_layouts", "layout", "partials",
    "_partials", "snippets", "includes", "_includes", "shared", "Shared", "components", "sections", "app/views",
    "app/views/layouts", "resources/views", "Views", "Views/Shared", "templates/partials", "templates/layouts",
    "src/templates", "src/views",
)  # fmt: skip
"""Folders in which templates usually stand, looked into from each folder above the template."""
_FRAME = regex(r"<(?:html|body|mjml)\b", re.IGNORECASE)
_FRAME_END = regex(r"</(?:html|body|mjml)\s*>", re.IGNORECASE)
_PART_FOLDERS = frozenset(
    {"partials", "_partials", "snippets", "includes", "_includes", "layouts", "_layouts", "components", "shared"}
)
_JINJA = frozenset({".j2", ".jinja", ".jinja2", ".njk"})
_DEFINES = regex(r"\{\{-?\s*define\s+(?:\"([^\"]*)\"|`([^`]*)`)")
_LEFT_OUT = frozenset({"node_modules", "bower_components", "__pycache__", "site-packages"})

Reader = Callable[[Source], Template]


class Composer:
    """Composes the bodies of one run; every template is read once."""

    __slots__ = ("_bodies", "_index", "_layouts", "_read", "_roots", "_store")

    def __init__(
        self,
        store: Store,
        read: Reader,
        source_root: str | None,
        bodies: dict[str, Body | None],
        layouts: Mapping[str, str],
    ) -> None:
        """`bodies` holds what has been read by path and is added to, `layouts` what metadata names by path."""
        self._store = store
        self._read = read
        self._roots = [os.path.abspath(source_root)] if source_root else []
        self._bodies = bodies
        self._index: dict[str, list[str]] | None = None
        self._layouts = layouts

    def compose(self, body: Body, path: str) -> Composition:
        """What the body at a path becomes. Never raises."""
        return _Composing(self, body, path).run()

    def body(self, path: str, media: str | None = None) -> Body | None:
        """The template at a path below the root."""
        if path not in self._bodies:
            source = self._store.source(path)
            self._bodies[path] = None
            if source is not None:
                template = self._read(source)
                self._bodies[path] = Body(source, template, media or medium(source.path, source.text))
        return self._bodies[path]

    # --- names -> files --------------------------------------------------------------------------------------------
    def resolve(self, name: str, path: str, dialect: str) -> tuple[str | None, str]:
        """The file that a name means in a template, and why there is none."""
        wanted = self._spelt(name.strip(), dialect)
        if not wanted or "\0" in wanted or len(wanted) > 500:
            return None, f"{name!r:.60} is no name of a file"
        for folder in self._around(path):
            found = self._in(folder, wanted, path)
            if found:
                return found, ""
        inside = [each for each in self._by_name(wanted, path) if each != path]
        if len(inside) == 1:
            return inside[0], ""
        if inside:
            return None, f"{name!r:.60} may be any of {len(inside)} files"
        return None, f"{name!r:.60} is not in the repository"

    @staticmethod
    def _spelt(name: str, dialect: str) -> str:
        """A name as a path with forward slashes."""
        if dialect == "blade":
            space, _, rest = name.rpartition("::")
            path = rest.replace(".", "/")
            if name.startswith("components.") and "::" in name:
                return f"vendor/{space.removeprefix('components.')}/html/{path}"
            return f"vendor/{space}/{path}" if space else path
        name = name.replace("\\", "/").removeprefix("~/").removeprefix("!")
        if name.startswith("@"):
            # Twig's and HubL's namespaces (@email/x.html.twig): where they lead is set elsewhere; the rest is a path.
            name = name.partition("/")[2]
        return name.lstrip("/") if not name.startswith("./") else name

    def _around(self, path: str) -> Iterator[str]:
        """The folders in which a name is looked up: the template's own, those above it, each with the usual ones."""
        folder = os.path.dirname(path)
        if not self._store.inside(folder):
            return
        seen: set[str] = set()
        tops = [folder]
        while len(tops[-1]) > len(self._store.root) and len(tops) < 60:
            tops.append(os.path.dirname(tops[-1]))
        for top in (*tops, *self._roots):
            for usual in FOLDERS:
                each = os.path.normpath(os.path.join(top, usual))
                if each not in seen:
                    seen.add(each)
                    yield each

    def _in(self, folder: str, wanted: str, path: str) -> str | None:
        """The file that a name means from a folder: as written, with a suffix, with an underscore before it."""
        full = os.path.normpath(os.path.join(folder, wanted))
        where, base = os.path.split(full)
        names = self._store.names(where)
        if not names:
            return None
        if base in names and self._store.there(full):
            return full
        own = os.path.basename(path)
        for stem in (base, f"_{base}"):
            matching = [
                each for each in names if (each == stem or each.startswith(f"{stem}.")) and _same_language(each, own)
            ]
            matching.sort(key=lambda each: _distance(each, stem, own))
            for each in matching:
                if each != base and self._store.there(os.path.join(where, each)) and _is_template(each):
                    return os.path.join(where, each)
        # Postmark's and others' layouts are folders: layouts/basic/content.html.
        inner = os.path.join(full, own)
        return inner if base in names and self._store.there(inner) else None

    def _by_name(self, wanted: str, path: str) -> list[str]:
        """Files anywhere below the root whose path ends so."""
        if self._index is None:
            self._index = {}
            for each in _templates_below(self._store.root) or ():
                self._index.setdefault(os.path.basename(each), []).append(each)
        tail = os.path.normpath(wanted)
        if tail.startswith(".."):
            return []
        base = os.path.basename(tail)
        suffix = os.path.basename(path).partition(".")[2]
        found = []
        for name in dict.fromkeys((base, f"_{base}", f"{base}.{suffix}", f"_{base}.{suffix}")):
            ending = os.sep + os.path.join(os.path.dirname(tail), name)
            found += [each for each in self._index.get(name, []) if each.endswith(ending) and self._store.there(each)]
            if found:
                break
        return found

    def siblings(self, path: str) -> Iterator[tuple[str, Source]]:
        """The other templates of the same language in the folder and the one above it."""
        folder = os.path.dirname(path)
        _, language = words(os.path.basename(path))
        for each in (folder, os.path.dirname(folder)):
            for name in sorted(self._store.names(each))[:500]:
                full = os.path.join(each, name)
                if full != path and language and name.lower().endswith(language):
                    source = self._store.source(full)
                    if source is not None:
                        yield full, source

    def conventional(self, path: str, text: str) -> tuple[str | None, str]:
        """The layout that a framework puts around a template without being told in it; and why it is not known."""
        if path in self._layouts:
            name = self._layouts[path]
            _, _, suffix = os.path.basename(path).partition(".")
            for form in (f"layouts/{name}", f"_layouts/{name}", f"layouts/{name}.{suffix}", f"../layouts/{name}"):
                found, why = self.resolve(form, path, "plain")
                if found:
                    return found, ""
            return None, why
        name = os.path.basename(path).lower()
        if name.endswith(".erb") and not _FRAME.search(text):
            return self._rails(path)
        if name.endswith(".cshtml") and not name.startswith("_"):
            return self._view_start(path)
        return None, ""

    def _rails(self, path: str) -> tuple[str | None, str]:
        """layouts/<mailer>, else the one layout of mailers (Rails: `layout "mailer"` in ApplicationMailer)."""
        folder, name = os.path.split(path)
        suffix = name.partition(".")[2]
        views = os.path.dirname(folder)
        layouts = os.path.join(views, "layouts")
        if os.path.basename(folder) == "layouts" or name.startswith("_") or not self._store.names(layouts):
            return None, ""
        own = os.path.join(layouts, f"{os.path.basename(folder)}.{suffix}")
        if self._store.there(own):
            return own, ""
        mailers = [
            each
            for each in sorted(self._store.names(layouts))
            if "mail" in each.lower() and each.endswith(f".{suffix}")
        ]
        if len(mailers) == 1:
            return os.path.join(layouts, mailers[0]), ""
        return None, "the layout is chosen in the program"

    def _view_start(self, path: str) -> tuple[str | None, str]:
        """_ViewStart.cshtml of the nearest folder sets the layout of every view below it."""
        folder = os.path.dirname(path)
        while self._store.inside(folder):
            start = self.body(os.path.join(folder, "_ViewStart.cshtml"))
            if start is not None:
                for each in references(start.template):
                    if each.kind == EXTENDS:
                        return self.resolve(each.names[0], path, "razor") if each.names else (None, "a computed layout")
                return None, ""
            if folder == self._store.root:
                break
            folder = os.path.dirname(folder)
        return None, ""


def _distance(name: str, stem: str, own: str) -> tuple[int, str]:
    """How well a name fits: the suffix of the including file, its medium, then anything."""
    rest = name[len(stem) :]
    if own.endswith(rest) and rest:
        return 0, name
    mine, its = medium(own, ""), medium(name, "")
    return (1 if mine == its else 2), name


def _same_language(name: str, own: str) -> bool:
    """Whether a template of this name can be brought in by another: a suffix that tells the language tells both."""
    its, mine = words(name)[1], words(own)[1]
    return not its or not mine or its == mine or {its, mine} <= _JINJA


def _is_template(name: str) -> bool:
    parts, language = words(name)
    return bool(language) or parts[-1] in {"html", "htm", "xhtml", "mjml", "txt", "text", "md", "inc", "ampscript"}


def _templates_below(top: str) -> list[str] | None:
    """All templates below a folder, hidden folders, links and installed packages left out; None where it is too large.

    Of a part of the files nobody can tell that one alone is meant.
    """
    found: list[str] = []
    waiting = [top]
    folders = 0
    while waiting:
        folder = waiting.pop()
        folders += 1
        if folders > MAX_INDEX_FOLDERS or len(found) > MAX_INDEX:
            return None
        try:
            with os.scandir(folder) as listing:
                for entry in listing:
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith(".") and entry.name not in _LEFT_OUT:
                            waiting.append(entry.path)
                    elif _is_template(entry.name) and entry.is_file(follow_symlinks=False):
                        found.append(entry.path)
        except OSError:
            continue
    return sorted(found)


NO_FRAME = "it is a part of a page: neither <html> nor <body> is here"


class _Composing:
    """One composition under way."""

    def __init__(self, composer: Composer, body: Body, path: str) -> None:
        self.composer = composer
        self.top = body
        self.path = path
        self.bodies = [body]
        self.seen = {path}
        self.reasons: list[str] = []
        self.part = False
        self.waiting: list[tuple[Body, str, int]] = []

    def run(self) -> Composition:
        found = references(self.top.template)
        parent = any(each.kind == EXTENDS for each in found)
        parent = self._convention(found) or parent
        self._slots(found, parent=parent)
        self.waiting.append((self.top, self.path, 0))
        while self.waiting:
            body, path, level = self.waiting.pop(0)
            self._follow(body, path, level, found if body is self.top else references(body.template))
        self._frame()
        return Composition(
            self.bodies,
            complete=not self.reasons,
            reason=self.reasons[0] if self.reasons else "",
            part=self.part,
            content=all(reason == NO_FRAME for reason in self.reasons),
        )

    def unknown(self, reason: str, *, part: bool = False) -> None:
        self.reasons.append(reason)
        self.part = self.part or part

    def add(self, path: str, level: int, *, include: bool = True) -> None:
        if path in self.seen:
            return
        if len(self.bodies) >= MAX_BODIES or level >= MAX_LEVELS:
            self.unknown(f"more than {MAX_BODIES} templates, or {MAX_LEVELS} levels of them")
            return
        self.seen.add(path)
        body = self.composer.body(path, self.top.media if include else None)
        if body is None:
            self.unknown(f"{os.path.basename(path)} cannot be read")
            return
        self.bodies.append(body)
        self.waiting.append((body, path, level + 1))

    def _convention(self, found: list[Reference]) -> bool:
        """Put the layout around that a framework uses by convention; whether there is one."""
        if any(each.kind == EXTENDS or (each.kind == DEFINE and each.names == ("no layout",)) for each in found):
            return False
        layout, why = self.composer.conventional(self.path, self.top.template.text)
        if why:
            self.unknown(why)
        if layout and layout != self.path:
            self.add(layout, 0)
            return True
        return self._invoked(found)

    def _invoked(self, found: list[Reference]) -> bool:
        """A Go file that only defines: the template that invokes what it defines is its frame."""
        defined = [each.names[0] for each in found if each.kind == DEFINE and each.names]
        invokes = any(each.kind in {INCLUDE, SLOT} for each in found)
        if self.top.template.dialect != "go" or not defined or invokes or self.top.media != "html":
            return False
        frames = []
        for path, source in self.composer.siblings(self.path):
            body = self.composer.body(path)
            if body is None or not _FRAME.search(source.text):
                continue
            invoked = {
                name for each in references(body.template) if each.kind in {INCLUDE, SLOT} for name in each.names
            }
            if not invoked.isdisjoint(defined):
                frames.append(path)
        if len(frames) == 1:
            self.add(frames[0], 0)
            return True
        self.unknown("the template that invokes these definitions is not known")
        return False

    def _slots(self, found: list[Reference], *, parent: bool) -> None:
        """What the judged template itself leaves to others."""
        for each in found:
            if each.kind == SLOT and not parent:
                name = each.names[0] if each.names else ""
                self.unknown(
                    f"the slot {name!r:.60} is filled elsewhere" if name else "a slot is filled elsewhere", part=True
                )
                return

    def _follow(self, body: Body, path: str, level: int, found: list[Reference]) -> None:
        local = {each.names[0] for each in found if each.kind == DEFINE and each.names}
        dialect = body.template.dialect
        for each in found:
            if each.kind == OPAQUE:
                self.unknown(f"{each.names[0]!r:.60} may bring in anything")
            elif each.kind in {EXTENDS, INCLUDE}:
                self._bring(each, path, level, dialect, local)

    def _bring(self, each: Reference, path: str, level: int, dialect: str, local: set[str]) -> None:
        what = "extends" if each.kind == EXTENDS else "includes"
        if not each.names:
            self.unknown(f"what it {what} is computed")
            return
        if not local.isdisjoint(name.removeprefix("@") for name in each.names):
            return
        why = ""
        for name in each.names:
            if name.startswith("@") and dialect == "freemarker":
                # A macro without a namespace comes from an #include or from the program.
                self.unknown(f"the macro {name[1:]!r:.60} is not defined here")
                return
            target, why = self._defined(name, path) if dialect == "go" else (None, "")
            if target == "known":
                return
            if target is None:
                target, why = self.composer.resolve(name, path, dialect)
            if target:
                self.add(target, level)
                return
        if not each.optional:
            self.unknown(why)

    def _defined(self, name: str, path: str) -> tuple[str | None, str]:
        """The Go file that defines a name: one of those here, else one beside it."""
        for body in self.bodies:
            if any(name in match.groups() for match in _DEFINES.finditer(body.source.text)):
                return "known", ""
        for other, source in self.composer.siblings(path):
            if any(name in match.groups() for match in _DEFINES.finditer(source.text)):
                return other, ""
        return None, ""

    def _frame(self) -> None:
        """Whether there is a whole page: absence is judged in pages only."""
        if self.top.media == "text":
            name, folder = os.path.basename(self.path), os.path.basename(os.path.dirname(self.path)).lower()
            if len(self.bodies) == 1 and (name.startswith("_") or folder in _PART_FOLDERS):
                self.unknown("it is a part of other templates", part=True)
            return
        if self.top.media != "html":
            return
        texts = [body.template.text for body in self.bodies]
        if not any(_FRAME.search(text) for text in texts):
            self.unknown(NO_FRAME, part=True)
        elif not any(_FRAME_END.search(text) for text in texts):
            self.unknown("it is the first part of a page, which ends in another template", part=True)
