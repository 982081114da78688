"""`mailcheck ledger`: what was claimed, and until when."""

import datetime
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailcheck.cli import options
from mailcheck.cli.streams import emit
from mailcheck.model.errors import InputError, UsageError

if TYPE_CHECKING:
    from mailcheck.ledger.claims import Conflict
    from mailcheck.ledger.entries import Entry

ACTIONS = ("add", "show", "check")
FORMATS = ("terminal", "json")
DEFAULT = "mailcheck-ledger.jsonl"


def parser() -> options.Parser:
    """The options of this verb."""
    found = options.Parser(
        prog="mailcheck ledger",
        usage="mailcheck ledger add|show|check [TEMPLATE] [OPTIONS]",
        description="What earlier campaigns claimed, and until when: one JSON Lines file in your repository.\n"
        "A sale that “ends tonight” and goes on tomorrow is found by comparing what is sent with it.",
    )
    found.add_argument(
        "action", choices=ACTIONS, metavar="ACTION", help="add a send, show them, check for contradictions"
    )
    found.add_argument("template", nargs="?", metavar="TEMPLATE", help="take subject and offer from its front matter")
    group = found.add_argument_group("the send")
    group.add_argument("--campaign", metavar="NAME", help="what the campaign is called (default: the template's name)")
    group.add_argument("--subject", metavar="TEXT", help="its subject")
    group.add_argument("--offer", metavar="ID", help="the offer that it makes")
    group.add_argument("--ends", metavar="DAY", help="the last day of the offer, such as 2026-12-31")
    group.add_argument("--now", metavar="TIME", help="the day of the send (ISO 8601), instead of today")
    found.add_argument("--ledger", metavar="FILE", default=DEFAULT, help=f"the file (default {DEFAULT})")
    options.add_look_up_options(found, FORMATS)
    return found


def main(words: Sequence[str]) -> int:
    """Run the verb. 0 done, or nothing contradicts; 1 something does. Raises UsageError and InputError."""
    args = parser().parse_intermixed_args(list(words))
    if args.action == "add":
        return _add(args)
    return _show(args) if args.action == "show" else _check(args)


def _add(args: Namespace) -> int:
    from mailcheck.ledger.entries import append
    from mailcheck.report.text import printable

    new = _send(args)
    append(args.ledger, new)
    until = f", ends {new.ends}" if new.ends else ""
    offer = f", offer {new.offer}" if new.offer else ""
    emit(f"{printable(f'{args.ledger}: {new.date} {new.campaign}{offer}{until}', limit=500)}\n")
    return 0


def _show(args: Namespace) -> int:
    from mailcheck.ledger.entries import read

    entries = [each for each in read(args.ledger) if args.offer in (None, each.offer)]
    if args.campaign:
        entries = [each for each in entries if each.campaign == args.campaign]
    if args.format == "json":
        from mailcheck.report.ascii_json import dump

        emit(dump({"ledger": args.ledger, "entries": [each.json() for each in entries]}, indent=1) + "\n")
        return 0
    from mailcheck.cli.output import look_up_page
    from mailcheck.report.text import plural

    page = look_up_page(args.color)
    for each in sorted(entries, key=lambda entry: (entry.date, entry.line)):
        ends = f"ends {each.ends}" if each.ends else ""
        page.columns(f"{each.date}  {each.campaign}  {each.offer or ''}  {ends}".rstrip(), 0)
    page.line(plural(len(entries), "send"), style="dim")
    emit(page.text())
    return 0


def _check(args: Namespace) -> int:
    from mailcheck.ledger.claims import conflicts, extended
    from mailcheck.ledger.entries import read

    entries = read(args.ledger)
    given = any((args.template, args.subject, args.offer, args.ends))
    found = conflicts(entries, _send(args)) if given else extended(entries)
    if args.format == "json":
        _print_json(args.ledger, found)
    else:
        _print(args, found, len(entries))
    return 1 if found else 0


def _print_json(path: str, found: "list[Conflict]") -> None:
    from mailcheck.report.ascii_json import dump

    shown = [{"sentence": each.sentence, "line": each.earlier.line, "earlier": each.earlier.json()} for each in found]
    emit(dump({"ledger": path, "conflicts": shown}, indent=1) + "\n")


def _print(args: Namespace, found: "list[Conflict]", count: int) -> None:
    from mailcheck.cli.output import look_up_page
    from mailcheck.report.text import plural

    page = look_up_page(args.color)
    for each in found:
        page.wrap(each.sentence, 2, first=f"{args.ledger}:{each.earlier.line}: ")
    if found:
        page.line()
        page.wrap(
            "A last day that moves makes the earlier claim untrue. End the offer when it was said to end, or make a "
            "new one under another name, with terms that say so.",
            0,
        )
    else:
        page.line(f"nothing contradicts the {plural(count, 'send')} of {args.ledger}")
    emit(page.text())


def _send(args: Namespace) -> "Entry":
    """The send that the words describe, with what the template's front matter says."""
    from mailcheck.ledger.entries import entry

    subject, offer, ends = args.subject, args.offer, args.ends
    campaign = args.campaign
    if args.template:
        said = _front(args.template)
        subject = subject or said.get("subject")
        offer = offer or said.get("offer.id")
        ends = ends or said.get("offer.ends")
        campaign = campaign or Path(args.template).stem
    if not subject:
        raise UsageError("the ledger needs the subject: --subject TEXT, or a TEMPLATE whose front matter has one")
    if not campaign:
        raise UsageError("the ledger needs a name for the campaign: --campaign NAME")
    return entry(_day(args.now, "--now") or _today(), campaign, subject, offer, _day(ends, "--ends"))


def _front(path: str) -> dict[str, str]:
    """The front matter of a template, inner keys as `offer.ends`."""
    from mailcheck.lint.front_matter import MAX_CHARACTERS, read

    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as stream:
            found = read(stream.read(MAX_CHARACTERS))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: no UTF-8 text (octet {error.start})") from None
    if found.faults:
        raise InputError(f"{path}: {found.faults[0].message}")
    return {key: value.text for key, value in found.places.items()}


def _day(text: str | None, flag: str) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.datetime.fromisoformat(text).date()
    except ValueError:
        raise UsageError(f"{flag} takes a day such as 2026-12-31, not {text!r:.60}") from None


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
