"""Globs of the configuration, as .gitignore reads them: without a slash they mean a name at any depth."""

import re
from functools import cache


def matches(path: str, pattern: str) -> bool:
    """Whether the pattern means this path (relative, with forward slashes) or a folder above it.

    `*` and `?` stay within one name, `**` crosses folders; `mail/` and `mail` mean all below a folder `mail`.
    """
    return _compiled(pattern).match(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    body = pattern.strip().removeprefix("./").rstrip("/")
    anchored = "/" in body
    parts, at = [], 0
    body = body.lstrip("/")
    while at < len(body):
        if body.startswith("**/", at):
            parts.append("(?:[^/]+/)*")
            at += 3
        elif body.startswith("**", at):
            parts.append(".*")
            at += 2
        elif body[at] == "*":
            parts.append("[^/]*")
            at += 1
        elif body[at] == "?":
            parts.append("[^/]")
            at += 1
        else:
            parts.append(re.escape(body[at]))
            at += 1
    return re.compile(("" if anchored else "(?:.*/)?") + "".join(parts) + r"(?:/.*)?\Z", re.DOTALL)
