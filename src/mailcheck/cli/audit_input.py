"""What an audit is given: domains from words, lists and the configuration, and messages of theirs."""

import sys
from argparse import Namespace
from pathlib import Path

from mailcheck.cli.options import words
from mailcheck.cli.route import check_domain_word
from mailcheck.config.schema import Settings
from mailcheck.dns.names import domain_argument
from mailcheck.domain_audit.declaration import Seen
from mailcheck.domain_audit.message_evidence import read_message
from mailcheck.model.errors import InputError, UsageError
from mailcheck.model.judge import judge
from mailcheck.model.location import ConfigLocation, FileLocation, Location
from mailcheck.model.report import SubjectReport
from mailcheck.model.rule import loaded
from mailcheck.model.run_rules import RunView
from mailcheck.model.value import dataclass

MAX_LIST = 10_000_000
"""Octets of a list of domains that are read."""
MAX_BAD_LINES = 100
"""Lines of a list that are reported one by one; a file with more is no list of domains."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An input, or a line of one, that could not be used."""

    source: str
    message: str
    place: Location


@dataclass(frozen=True, slots=True)
class Input:
    """Domains in the order given, each once; DKIM selectors; evidence from messages; and what could not be read."""

    domains: tuple[str, ...]
    selectors: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    def subjects(self) -> list[SubjectReport]:
        """RUN002 for what could not be read: one subject an input, so that the others still count."""
        subjects = []
        for source in dict.fromkeys(each.source for each in self.unreadable):
            findings = []
            for each in self.unreadable:
                if each.source == source:
                    view = RunView(source, unreadable=(each.message,), locus=each.place)
                    findings += judge([rule for rule in loaded("RUN") if rule.code == "RUN002"], view).findings
            subjects.append(SubjectReport(source, "fail", tuple(findings)))
        return subjects


def gather_input(args: Namespace, settings: Settings) -> Input:
    """Read everything that is given.

    What cannot be read is kept beside the rest, and the rest is judged. Raises UsageError for a word that is no
    domain or where there is no domain at all, InputError where nothing readable is left.
    """
    for word in args.domains:
        check_domain_word(word)
    domains = [domain_argument(word) for word in args.domains]
    selectors = tuple(_selector(word) for word in words(args.selector))
    unreadable: list[Unreadable] = []
    if args.list:
        try:
            listed = _listed(args.list)
            domains += listed.domains
            unreadable += listed.unreadable
        except InputError as error:
            unreadable.append(_whole(args.list, error))
    seen = []
    for path in args.from_eml:
        try:
            seen.append(read_message(path))
        except InputError as error:
            unreadable.append(_whole(path, error))
    if not domains and not args.list:
        domains = list(settings.domains)
    if not domains:
        if unreadable:
            raise InputError(unreadable[0].message)
        raise UsageError(
            'no domain given: name one, use --from FILE, or declare [domain."example.com"] in mailcheck.toml'
        )
    return Input(tuple(dict.fromkeys(domains)), selectors, tuple(seen), tuple(unreadable))


def _selector(word: str) -> str:
    """A selector as a person types it; where the whole name of the key is given, its part before _domainkey."""
    selector = word.partition("._domainkey")[0]
    try:
        return domain_argument(f"{selector}.example").removesuffix(".example")
    except UsageError:
        raise UsageError(
            f"--selector {word!r:.80} is no selector: it is what s= says in the DKIM-Signature of a message"
        ) from None


def _whole(path: str, error: InputError) -> Unreadable:
    return Unreadable(_called(path), str(error), ConfigLocation(_called(path), "input"))


def _called(path: str) -> str:
    return "standard input" if path == "-" else path


def _listed(path: str) -> Input:
    """The domains of a list. Raises InputError where it is no list."""
    name = _called(path)
    try:
        if path == "-":
            raw = sys.stdin.buffer.read(MAX_LIST + 1) if sys.stdin else b""
        else:
            with Path(path).open("rb") as stream:
                raw = stream.read(MAX_LIST + 1)
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_LIST:
        raise InputError(f"{name}: larger than {MAX_LIST // 1_000_000} MB, the limit for a list of domains")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 text (octet {error.start}); one domain a line is expected") from None
    domains: list[str] = []
    unreadable: list[Unreadable] = []
    offset = 0
    # Not splitlines: it splits at form feeds and the like too, and then no editor agrees on the line's number.
    for number, line in enumerate(text.split("\n"), 1):
        word = line.partition("#")[0].strip()
        if word:
            try:
                domains.append(domain_argument(word))
            except UsageError as error:
                column = line.index(word)
                start, end = offset + column, offset + column + len(word)
                place = FileLocation(
                    name, number, column + 1, number, column + 1 + len(word), start, end, line.rstrip("\r")
                )
                unreadable.append(Unreadable(name, f"{name}:{number}: {error}", place))
                if len(unreadable) > MAX_BAD_LINES:
                    raise InputError(f"{name}: no list of domains: {unreadable[0].message}, and more lines") from None
        offset += len(line) + 1
    if not domains and not unreadable:
        raise InputError(f"{name}: holds no domain; one a line is expected")
    return Input(tuple(domains), unreadable=tuple(unreadable))
