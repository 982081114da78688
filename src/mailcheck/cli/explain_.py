"""`mailcheck explain`: what a rule finds, why it matters, how to repair it."""

from collections.abc import Sequence

from mailcheck.cli import options
from mailcheck.cli.streams import emit
from mailcheck.model.errors import UsageError

FORMATS = ("terminal", "json", "markdown")


def parser() -> options.Parser:
    """The options of this verb."""
    found = options.Parser(
        prog="mailcheck explain",
        usage="mailcheck explain CODE|NAME... [OPTIONS]",
        description="What a rule finds, why it matters, how to repair it, and how to turn it off.",
    )
    found.add_argument("rules", nargs="+", metavar="CODE|NAME", help="such as SPF006 or spf-lookup-limit")
    options.add_look_up_options(found, FORMATS)
    return found


def main(words: Sequence[str]) -> int:
    """Run the verb; returns the exit code. Raises UsageError for a word that is no rule."""
    args = parser().parse_intermixed_args(list(words))

    from mailcheck.cli import rule_page
    from mailcheck.cli.output import look_up_page
    from mailcheck.model import registry

    entries = []
    for word in args.rules:
        entry = registry.find(word)
        if entry is None:
            family = registry.matching(word)[0].family if word.upper() != "ALL" else ""
            raise UsageError(f"{word} is more than one rule; list them: mailcheck rules {family}".rstrip())
        entries.append(entry)
    if args.format == "json":
        from mailcheck.report.ascii_json import dump

        emit(dump({"rules": [rule_page.full(entry) for entry in entries]}, indent=1) + "\n")
    elif args.format == "markdown":
        emit("\n".join(rule_page.as_markdown(entry) for entry in entries))
    else:
        page = look_up_page(args.color)
        for number, entry in enumerate(entries):
            if number:
                page.line()
                page.line()
            rule_page.on_page(page, entry)
        emit(page.text())
    return 0
