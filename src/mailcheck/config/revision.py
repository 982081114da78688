"""What changed since a git revision: asked of git itself, as a program of its own, without a shell."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mailcheck.model.errors import UsageError
from mailcheck.model.pattern import regex

SECONDS = 30
"""Seconds after which git is given up."""
MAX_DIFF = 200_000_000
"""Octets of a difference that are read."""
MAX_BLOB = 25 * 1024 * 1024
"""Octets of a file of a revision that is read, as of the file itself."""
_AT_ONCE = 200
"""Paths named in one call; command lines are bounded."""
_HUNK = regex(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = regex(rb"\\([0-7]{3}|.)")
_ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
_KEPT = ("GIT_EXEC_PATH", "GIT_CONFIG", "GIT_SSL", "GIT_SSH")
"""Variables of git's own that are passed on; a hook's GIT_DIR and GIT_INDEX_FILE would point git elsewhere."""
Ranges = list[tuple[int, int]]
"""Lines, from 1, both ends included."""


class Changes:
    """The files that differ from a revision, and their lines that do.

    `lines` maps a path (from the repository's root) to the ranges of lines that are new or were changed; a file that
    the revision does not have is in `new`. `old` maps a renamed file to its path at the revision.
    """

    __slots__ = ("_git", "_odd", "_tracked", "lines", "new", "old", "ref")

    def __init__(
        self, git: "Git", ref: str | None, lines: dict[str, Ranges], new: set[str], old: dict[str, str]
    ) -> None:
        self._git = git
        self._tracked: dict[str, bool] = {}
        self._odd: dict[str, bool] = {}
        self.ref = ref
        self.lines = lines
        self.new = new
        self.old = old

    def look_up(self, paths: Iterable[str]) -> None:
        """Ask which of these files git knows, all at once; one that it does not is new, ignored or not."""
        asked = [path for path in dict.fromkeys(paths) if path not in self._tracked and path not in self.lines]
        # What lies outside of the repository is nothing that git knows.
        self._tracked |= {path: False for path in asked if path.startswith(("/", "../")) or not path}
        asked = [path for path in asked if path not in self._tracked]
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            known = set(self._git.ask("--literal-pathspecs", "ls-files", "-z", "--", *some).decode(*_PATHS).split("\0"))
            self._tracked |= {path: path in known for path in some}

    def is_new(self, path: str) -> bool:
        """Whether the revision has no such file."""
        if path in self.new:
            return True
        if path in self.lines:
            return False
        self.look_up([path])
        return not self._tracked[path]

    def touches(self, path: str, first: int, last: int) -> bool:
        """Whether one of these lines is new or was changed; all are, where git counts lines in another way."""
        if self.is_new(path):
            return True
        ranges = self.lines.get(path)
        if not ranges:
            return False
        if path not in self._odd:
            self._odd[path] = self._git.odd_lines(path)
        return self._odd[path] or any(start <= last and first <= end for start, end in ranges)

    def before(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        """The files as the revision has them, by their present paths and their former ones; None where it has none.

        One that is larger than any template counts as none.
        """
        asked = list(dict.fromkeys(paths))
        known = [path for path in asked if self.ref is not None and not self.is_new(path)]
        former = {path: self.old.get(path, path) for path in known}
        texts = self._git.blobs({f"{self.ref}:{name}" for name in former.values()})
        found: dict[str, bytes | None] = dict.fromkeys(asked)
        for path, name in former.items():
            found[path] = found[name] = texts.get(f"{self.ref}:{name}")
        return found


_PATHS = ("utf-8", "surrogateescape")


class Git:
    """Questions to git about the repository at `root`."""

    __slots__ = ("_root",)

    def __init__(self, root: Path) -> None:
        self._root = root

    def odd_lines(self, path: str) -> bool:
        """Whether the lines of a file as it stands are others to git than to editors and mailcheck."""
        file = self._root / path
        try:
            return file.is_file() and odd_lines(file.read_bytes())
        except OSError:
            return False

    def blobs(self, names: Iterable[str]) -> dict[str, bytes]:
        """The contents of files, `REVISION:PATH`, all at once; those that are too large are left out."""
        # A name with a line end would be two; such a file is asked for alone.
        plain = sorted(name for name in names if "\n" not in name)
        odd = sorted(name for name in names if "\n" in name)
        small = [name for name, size in zip(plain, self._sizes(plain), strict=True) if size <= MAX_BLOB]
        found = {name: self.ask("cat-file", "blob", name) for name in odd}
        answer = self.ask("cat-file", "--batch", lines=small) if small else b""
        at = 0
        for name in small:
            end = answer.find(b"\n", at)
            size = int(answer[at:end].rsplit(b" ", 1)[1])
            found[name] = answer[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def _sizes(self, names: list[str]) -> list[int]:
        """The octets of files; of what is no file more than is read."""
        if not names:
            return []
        answer = self.ask("cat-file", "--batch-check=%(objecttype) %(objectsize)", lines=names)
        return [
            int(line[5:]) if line.startswith(b"blob ") and line[5:].isdigit() else MAX_BLOB + 1
            for line in answer.splitlines()
        ]

    def ask(self, *words: str, lines: list[str] | None = None) -> bytes:
        """Its answer; `lines` are put to it on standard input. Raises GitError with git's own message."""
        import subprocess

        # Nothing that the repository names is run: no file system monitor, no external diff, no pager.
        command = ["git", "--no-pager", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", *words]
        environment = {key: value for key, value in os.environ.items() if not _odd(key)}
        question = b"".join(line.encode(*_PATHS) + b"\n" for line in lines or ())
        environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
        try:
            done = subprocess.run(  # noqa: S603  words of ours; names stand behind --
                command, cwd=self._root, env=environment, input=question, capture_output=True,
                timeout=SECONDS, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise UsageError("--new-from asks git what changed, but there is no program git") from None
        except subprocess.TimeoutExpired:
            raise UsageError(f"--new-from: git did not answer within {SECONDS} seconds") from None
        except OSError as error:
            raise UsageError(f"--new-from: git cannot be run: {error.strerror}") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
            raise GitError(said.removeprefix("fatal: ")[:300])
        return done.stdout


class GitError(UsageError):
    """What git said."""


def _odd(key: str) -> bool:
    return key.startswith("GIT_") and not key.startswith(_KEPT)


def changes_since(ref: str, root: Path | None) -> Changes:
    """What the working tree has that the revision has not.

    Raises UsageError where there is no repository, no git or no such revision.
    """
    if root is None:
        raise UsageError(f"--new-from {ref!s:.80}: this is no git repository; without one, use --baseline")
    if ref.startswith("-") or ".." in ref or not ref.strip() or "\0" in ref:
        raise UsageError(f"--new-from takes one revision, such as HEAD or origin/main, not {ref!r:.80}")
    git = Git(root)
    try:
        commit = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    except GitError as error:
        return _without_revision(git, ref, error)
    patch = git.ask(
        "diff", "--unified=0", "--inter-hunk-context=0", "--no-color", "--no-ext-diff", "--no-textconv", "--text",
        "--find-renames", "--no-relative", "--ignore-submodules=all", "--src-prefix=a/", "--dst-prefix=b/",
        commit, "--",
    )  # fmt: skip
    if len(patch) > MAX_DIFF:
        raise UsageError(f"--new-from {ref!s:.80}: more changed than the {MAX_DIFF // 1_000_000} MB that are read")
    lines, new, old = read_patch(patch)
    return Changes(git, commit, lines, new, old)


def _without_revision(git: Git, ref: str, error: GitError) -> Changes:
    if not str(error) and ref == "HEAD":
        # Nothing was committed yet: everything is new. A HEAD that is broken in another way is no branch.
        try:
            git.ask("symbolic-ref", "--quiet", "HEAD")
        except GitError as broken:
            error = broken
        else:
            return Changes(git, None, {}, _Everything(), {})
    # --quiet leaves git silent where it only does not know the name.
    reason = str(error) or "git knows no such revision; in a shallow clone, fetch it first"
    raise UsageError(f"--new-from {ref!s:.80}: {reason}")


class _Everything(set[str]):
    """Every path."""

    def __contains__(self, path: object) -> bool:
        return True


def read_patch(patch: bytes) -> tuple[dict[str, Ranges], set[str], dict[str, str]]:
    """Path -> changed lines, the files that are new, and the former paths of renamed ones."""
    lines: dict[str, Ranges] = {}
    new: set[str] = set()
    old: dict[str, str] = {}
    path, former, added = "", "", False
    for line in _headers(patch):
        hunk = _HUNK.match(line)
        if hunk:
            start, count = int(hunk[2]), int(hunk[3] or 1)
            if count and path:
                lines.setdefault(path, []).append((start, start + count - 1))
        elif line.startswith(b"diff --git "):
            path, added = _same_name(line[11:]), False
        elif line.startswith(b"rename from "):
            former = _name(line[12:])
        elif line.startswith(b"rename to "):
            path = _name(line[10:])
            if path:
                old[path] = former
        elif line.startswith(b"new file mode "):
            added = True
        elif line.startswith(b"+++ ") and line != b"+++ /dev/null":
            # git puts a tab behind a name with blanks.
            path = _name(line[4:].removesuffix(b"\t")).partition("/")[2]
        if path:
            lines.setdefault(path, [])
            if added:
                new.add(path)
    return lines, new, old


def _headers(patch: bytes) -> Iterator[bytes]:
    """The lines of a patch without those of the texts, which are left out by their number, whatever they hold."""
    at, skip = 0, 0
    while at < len(patch):
        stop = patch.find(b"\n", at)
        stop = len(patch) if stop < 0 else stop
        first = patch[at : at + 1]
        if first == b"\\":
            pass
        elif skip:
            skip -= 1
        else:
            line = patch[at:stop]
            hunk = _HUNK.match(line) if first == b"@" else None
            if hunk:
                skip = int(hunk[1] or 1) + int(hunk[3] or 1)
            yield line
        at = stop + 1


def _same_name(words: bytes) -> str:
    """The path in `a/PATH b/PATH`, where both are the same; where they are not, other lines tell."""
    middle = len(words) // 2
    first, second = words[:middle], words[middle + 1 :]
    if words[middle : middle + 1] != b" ":
        return ""
    name, other = _name(first).partition("/")[2], _name(second).partition("/")[2]
    return name if name == other else ""


def _name(text: bytes) -> str:
    """A path as git writes it: in quotes with C escapes where it holds odd characters."""
    if len(text) > 1 and text.startswith(b'"') and text.endswith(b'"'):
        text = _ESCAPE.sub(_unescaped, text[1:-1])
    return text.decode(*_PATHS)


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if len(code) == 3 else _ESCAPED.get(code, code)


def odd_lines(raw: bytes) -> bool:
    """Whether a text ends lines with lone CRs, or is UTF-16: git counts LF octets."""
    return b"\0" in raw[:8_000] or raw.count(b"\r") != raw.count(b"\r\n")
