"""`mailcheck rules`: all rules, or those that selectors name."""

from collections.abc import Sequence
from itertools import groupby

from mailcheck.cli import options
from mailcheck.cli.streams import emit

FORMATS = ("terminal", "json")


def parser() -> options.Parser:
    """The options of this verb."""
    found = options.Parser(
        prog="mailcheck rules",
        usage="mailcheck rules [SELECTOR...] [OPTIONS]",
        description="All rules by family, or those that the selectors name.",
    )
    found.add_argument("selectors", nargs="*", metavar="SELECTOR", help="a family, a code, a name or ALL")
    options.add_look_up_options(found, FORMATS)
    return found


def main(words: Sequence[str]) -> int:
    """Run the verb; returns the exit code. Raises UsageError for a word that selects nothing."""
    args = parser().parse_intermixed_args(list(words))

    from mailcheck.cli import rule_page
    from mailcheck.cli.output import look_up_page
    from mailcheck.model import registry
    from mailcheck.report.sections import TITLES
    from mailcheck.report.text import plural

    selectors = options.words(args.selectors)
    chosen = {entry for word in selectors for entry in registry.matching(word)}
    entries = [entry for entry in registry.entries() if not selectors or entry in chosen]
    if args.format == "json":
        from mailcheck.report.ascii_json import dump

        emit(dump({"rules": [rule_page.head(entry) for entry in entries]}, indent=1) + "\n")
        return 0
    page = look_up_page(args.color)
    page.line("code      name                             severity  fix", style="dim")
    for family, group in groupby(entries, lambda entry: entry.family):
        page.line()
        page.line(f"{family}  {TITLES[family]}" if family in TITLES else family, style="bold")
        for entry in group:
            preview = "  preview" if entry.status == "preview" else ""
            page.styled(
                (None, f"{entry.code:<9} {entry.name:<32} "),
                (entry.severity, entry.severity),
                (None, f"{'':<{10 - len(entry.severity)}}{entry.fix}{preview}"),
            )
    page.line()
    previews = sum(entry.status == "preview" for entry in entries)
    page.line(plural(len(entries), "rule") + (f", {previews} of them preview" if previews else ""))
    page.line("mailcheck explain CODE tells what a rule finds and how to repair it.", style="dim")
    emit(page.text())
    return 0
