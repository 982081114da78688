"""IGN: ignore comments that ignore nothing, or that cannot be understood."""

from mailcheck.lint.ignores import Directive, Ignores
from mailcheck.model import registry
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, TextEdit, steps
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity


@rule("IGN001", "unused-suppression", Severity.WARNING, since="0.1", fix=Fixable.SAFE)
def unused_suppression(view: Ignores) -> Result:
    """An ignore comment names a rule that finds nothing there.

    Why: What it hid has been repaired, or it never stood in the right place. Left standing, it would hide the same fault when it comes back, and it tells the next reader about a fault that is not there.
    Bad:
    <!-- mailcheck: ignore[LNK001] the address comes with the campaign -->
    <p>No link here.</p>
    Good:
    <!-- mailcheck: ignore[LNK001] the address comes with the campaign -->
    <a href="#">Our campaign</a>
    Fix: Take the rule out of the comment, or the comment out of the file; --fix does it.
    References: docs/lint.md (Leaving findings alone)
    """
    for directive in view.directives:
        unused = view.unused(directive)
        if unused and not directive.fault:
            yield _unused(directive, unused)


def _unused(directive: Directive, unused: list[tuple[str, str | None, int, int]]) -> Finding:
    names = ", ".join(word for word, _, _, _ in unused)
    where = "in this file" if directive.whole_file else "there"
    left = [word for word in directive.words if word not in unused]
    if left:
        edit = _without(directive, left)
        fix = Fix(f"take {names} out of the comment", (edit,), safe=True)
    else:
        fix = Fix("remove the comment", (_removed(directive),), safe=True)
    start, end = unused[0][2], unused[-1][3]
    return directive.body.finding(f"{names} finds nothing {where}: the comment ignores nothing", start, end, fix=fix)


def _without(directive: Directive, left: list[tuple[str, str | None, int, int]]) -> TextEdit:
    first, last = directive.words[0][2], directive.words[-1][3]
    return directive.body.edit(first, last, ", ".join(word for word, _, _, _ in left))


def _removed(directive: Directive) -> TextEdit:
    """The comment, with its line where it stands alone."""
    text, start, end = directive.body.source.text, directive.start, directive.end
    if directive.alone:
        while start > 0 and text[start - 1] in " \t":
            start -= 1
        while end < len(text) and text[end] in " \t":
            end += 1
        if text.startswith("\r\n", end):
            end += 2
        elif text[end : end + 1] in {"\n", "\r"}:
            end += 1
    return directive.body.edit(start, end, "")


@rule("IGN004", "ignore-not-understood", Severity.WARNING, since="0.1")
def ignore_not_understood(view: Ignores) -> Result:
    """An ignore comment names no rule that exists, or has another form.

    Why: It ignores nothing: a name with a typing error, or a form without rules, which does not exist, so that one comment cannot silence everything.
    Bad:
    <!-- mailcheck: ignore[empty-or-hash-hreff] -->
    <a href="#">Our campaign</a>
    Good:
    <!-- mailcheck: ignore[empty-or-hash-href] -->
    <a href="#">Our campaign</a>
    Fix: Write “mailcheck: ignore[CODE] reason”, with the code or the name of the rule; `mailcheck rules` lists them.
    References: docs/lint.md (Leaving findings alone)
    """
    for directive in view.directives:
        if directive.fault:
            yield directive.body.finding(
                f"{directive.fault}, so the comment ignores nothing",
                directive.start,
                directive.end,
                fix=steps("write it as `mailcheck: ignore[CODE] reason`, with the rules' codes or names"),
            )
        for word, code, start, end in directive.words:
            if code is None:
                yield directive.body.finding(
                    f"no rule is called {word!r}, so the comment ignores nothing by that name",
                    start,
                    end,
                    fix=steps(_nearest(word)),
                )


def _nearest(word: str) -> str:
    if word.upper() in {"ALL", *registry.families()}:
        return "name the rules one by one: whole families are ignored by per-file-ignores in the configuration"
    from difflib import get_close_matches

    words = [name for entry in registry.entries() for name in (entry.code, entry.name)]
    near = get_close_matches(word.lower()[:60], [each.lower() for each in words], n=1)
    if not near:
        return "write the code or the name of a rule: `mailcheck rules` lists them"
    entry = registry.find(near[0])
    return f"write {entry.name if entry and '-' in word else entry.code if entry else near[0]}"
