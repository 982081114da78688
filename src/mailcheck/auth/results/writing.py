"""Writes an Authentication-Results field (RFC 8601 2.2): escaped, so that no value can end it, and folded."""

from collections.abc import Iterable, Sequence

from mailcheck.auth.results.field import DOMAIN, KEYWORD, TOKEN, MethodResult, Property
from mailcheck.model.errors import UsageError

MAX_VALUE = 500
"""Characters of a value that is written; a longer one is left out, since half a name is another's."""
WIDTH = 78
"""Characters of a line before it is folded (RFC 5322 2.1.1)."""


def write_results(
    authserv_id: str, results: Sequence[MethodResult], *, version: int = 1, line_end: str = "\r\n"
) -> str:
    """The whole field, without a line end after it.

    Values are anybody's text: what is no token is quoted, control characters become question marks. Methods,
    results and property names are ours; UsageError where one is no keyword.
    """
    head = f"Authentication-Results: {_value(authserv_id)}" + (f" {version}" if version != 1 else "")
    if not results:
        return f"{head}; none"
    lines = [head]
    for result in results:
        lines[-1] += ";"
        lines.append("")
        for piece in _pieces(result):
            if lines[-1] and len(lines[-1]) + 1 + len(piece) > WIDTH - 2:  # a tab before it, a semicolon behind it
                lines.append("")
            lines[-1] = f"{lines[-1]} {piece}" if lines[-1] else piece
    return f"{line_end}\t".join(lines)


def _pieces(result: MethodResult) -> Iterable[str]:
    version = f"/{result.version}" if result.version != 1 else ""
    yield f"{_keyword(result.method)}{version}={_keyword(result.result)}"
    for comment in result.comments:
        yield f"({_comment(comment)})"
    if result.reason is not None:
        yield f"reason={_quoted(_plain(result.reason)[:MAX_VALUE])}"
    for each in result.properties:
        yield _property(each)


def _property(each: Property) -> str:
    name = f"{_keyword(each.ptype)}.{_keyword(each.name)}"
    if len(each.value) > MAX_VALUE:
        return f"({name} left out: {len(each.value)} characters)"
    return f"{name}={_value(each.value)}"


def _keyword(word: str) -> str:
    if not KEYWORD.fullmatch(word):
        raise UsageError(f"{word!r:.40} is no keyword of Authentication-Results (RFC 8601 2.2)")
    return word


def _value(text: str) -> str:
    text = _plain(text)
    local, at, domain = text.rpartition("@")
    bare = TOKEN.fullmatch(text) or (at and DOMAIN.fullmatch(domain) and (not local or TOKEN.fullmatch(local)))
    return text if bare else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _comment(text: str) -> str:
    text = _plain(text)[:MAX_VALUE]
    return "".join(f"\\{char}" if char in "()\\" else char for char in text)


def _plain(text: str) -> str:
    """Without anything that could end a line, hide in it, or not be encoded."""
    return "".join(char if char == " " or char.isprintable() else "?" for char in text)
