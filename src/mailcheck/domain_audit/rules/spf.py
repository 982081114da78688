"""Rules about whether receivers read an SPF record at all (RFC 7208 4.5, 4.6)."""

import re
from itertools import pairwise

from mailcheck.auth.spf.walker import reached_terms
from mailcheck.dns.rdata import Text
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.spf_edit import repaired, replace_record
from mailcheck.model.fact import Known
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, publish, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity
from mailcheck.records.problem import Problem
from mailcheck.records.spf import Modifier, SpfRecord, parse_spf, version_problem

_TERM_START = re.compile(
    r"[+\-~?]?(?:all\b|include:|a(?=[ :/]|\Z)|mx(?=[ :/]|\Z)|ptr\b|ip[46]:|exists:)|redirect=|exp=", re.IGNORECASE
)


def has_record(facts: DomainFacts) -> bool:
    """Exactly one SPF record stands at the domain."""
    return facts.spf_record is not None


def almost(facts: DomainFacts) -> list[tuple[str, Problem]]:
    """TXT records that mean to be SPF and are not."""
    glued = {text for text, _, _ in joins(facts)}
    found = [(text, version_problem(text)) for text in _texts(facts) if text not in glued]
    return [(text, problem) for text, problem in found if problem is not None]


def joins(facts: DomainFacts) -> list[tuple[str, int, str]]:
    """SPF records whose strings meet without a blank between two terms: the text, where, and the text with blanks."""
    found = []
    for record in facts.txt.value if isinstance(facts.txt, Known) else ():
        if not isinstance(record, Text) or len(record.strings) < 2 or record.joined[:6].lower() != "v=spf1":
            continue
        parts = [part.decode("latin-1") for part in record.strings]
        at, places = 0, []
        for left, right in pairwise(parts):
            at += len(left)
            # A string of 255 octets was cut by a program in the middle of a term, and joins rightly.
            if len(left) < 255 and left[-1:] not in {"", " "} and _TERM_START.match(right):
                places.append(at)
        if places:
            joined = record.joined
            better = "".join(char if at not in places else f" {char}" for at, char in enumerate(joined))
            found.append((joined, places[0], better))
    return found


def _texts(facts: DomainFacts) -> list[str]:
    return [each.joined for each in facts.txt.value if isinstance(each, Text)] if isinstance(facts.txt, Known) else []


def _nothing_meant(facts: DomainFacts) -> bool:
    return not almost(facts) and not joins(facts)


@rule("SPF001", "spf-missing", Severity.ERROR, since="0.1", needs=("txt",), applies=_nothing_meant, fix=Fixable.UNSAFE)
def spf_missing(facts: DomainFacts) -> Result:
    """The domain has no SPF record.

    Why: Without SPF every server may use your domain in the envelope, and Google, Yahoo and Microsoft refuse or junk bulk mail without it. Mail that DKIM does not save will not pass DMARC.
    Bad:
    @ TXT "google-site-verification=abc"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Publish one TXT record at the domain that names everything that sends for it, and ends in ~all or -all.
    References: RFC 7208 4.5
    """
    if facts.spf_records:
        return
    yield Finding(
        f"{facts.domain} has no SPF record, so receivers cannot tell your servers from a stranger's",
        DnsLocation(facts.domain, "TXT"),
        evidence=(facts.txt.evidence,),
        fixes=(_first_record(facts),),
    )


def _first_record(facts: DomainFacts) -> Fix:
    if facts.null_mx or facts.declared.sends is False:
        return publish("say that nobody sends for this domain", facts.domain, "v=spf1 -all")
    terms = [f"include:{each.include}" for each in facts.providers if each.include]
    if any(facts.own(host.name) for host in facts.hosts):
        terms.insert(0, "mx")
    if not terms:
        terms = ["mx"] if facts.exchanges else ["a"]
    named = ", ".join(each.name for each in facts.providers if each.include)
    title = f"from what was seen ({named}); add what else sends" if named else "add everything that sends for you"
    return publish(title, facts.domain, f"v=spf1 {' '.join(dict.fromkeys(terms))} ~all", safe=False)


@rule(
    "SPF002",
    "spf-multiple",
    Severity.ERROR,
    since="0.1",
    needs=("txt",),
    applies=lambda facts: bool(facts.spf_records),
    fix=Fixable.SAFE,
)
def spf_multiple(facts: DomainFacts) -> Result:
    """There are several SPF records.

    Why: Two records are a permerror: receivers use neither, and your mail has no SPF at all.
    Bad:
    @ TXT "v=spf1 mx -all"
    @ TXT "v=spf1 ip4:192.0.2.7 -all"
    Good:
    @ TXT "v=spf1 mx ip4:192.0.2.7 -all"
    Fix: Merge them into one record.
    References: RFC 7208 4.5
    """
    records = facts.spf_records
    if len(records) < 2:
        return
    parsed = [parse_spf(text) for text in records]
    merged = _merged(parsed)
    simple = all(record.valid and record.redirect is None for record in parsed)
    nested = any(
        mechanism.name not in {"ip4", "ip6", "all", "a", "mx"} for record in parsed for mechanism in record.mechanisms
    )
    fix = publish(
        "one record with the terms of all",
        facts.domain,
        merged,
        old=records,
        safe=simple and not nested and parse_spf(merged).valid,
    )
    yield Finding(
        f"{facts.domain} has {len(records)} SPF records; receivers answer permerror and use none",
        DnsLocation(facts.domain, "TXT", None, records[1]),
        evidence=(facts.txt.evidence,),
        fixes=(fix,)
        if simple
        else (steps("Merge them by hand", "Put the terms of all records into one and delete the others."),),
    )


def _merged(records: list[SpfRecord]) -> str:
    # What stood behind one record's `all` must not come to life in the merge.
    terms = [each.text for record in records for each in reached_terms(record) if each.name != "all"]
    terms += [
        each.text
        for record in records
        for each in record.terms
        if isinstance(each, Modifier) and each.name != "redirect"
    ]
    # The mildest of the endings keeps everybody's mail going; +all is never carried over.
    order = {"-": 0, "~": 1, "?": 2, "+": 1}
    endings = [record.all.qualifier for record in records if record.all is not None] or ["~"]
    ending = max(endings, key=lambda qualifier: order[qualifier]).replace("+", "~")
    return " ".join(
        ["v=spf1", *dict.fromkeys(term.lower() if "%" not in term else term for term in terms), f"{ending}all"]
    )


@rule(
    "SPF003",
    "spf-version",
    Severity.ERROR,
    since="0.1",
    needs=("txt",),
    applies=lambda facts: bool(_texts(facts)),
    fix=Fixable.SAFE,
)
def spf_version(facts: DomainFacts) -> Result:
    """A record means to be SPF, but does not begin with `v=spf1` and a blank.

    Why: A record that does not begin exactly so is not an SPF record, and receivers pass over it without a word.
    Bad:
    @ TXT "v=spf10 mx -all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Begin the record with `v=spf1 `; no quotation marks or blanks before it.
    References: RFC 7208 4.5
    """
    for text, problem in almost(facts):
        beside = bool(facts.spf_records)
        better = problem.suggestion
        if beside:
            fix = Fix(
                "delete it: there is a true SPF record beside it",
                steps("", "Delete this record, or merge it into the other.").changes,
            )
        elif better and parse_spf(better).valid:
            # A record that begins to be read begins to refuse, too.
            safe = "-all" not in better.lower()
            fix = replace_record("the same record, so that it is read", facts.domain, text, better, safe=safe)
        else:
            fix = steps("Write it anew", "Begin the record with v=spf1 and a blank.")
        yield Finding(
            f"receivers pass over this record: {problem.message}",
            DnsLocation(facts.domain, "TXT", problem.span, text),
            severity=Severity.WARNING if beside else None,
            evidence=(facts.txt.evidence,),
            fixes=(fix,),
            offending=text,
        )


_EFFECTS = {
    "syntax": "the whole record is a permerror",
    "limit": "the record is larger than is read here, and than receivers read",
    "doubt": "legal, but surely not meant",
}


@rule("SPF004", "spf-syntax", Severity.ERROR, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.UNSAFE)
def spf_syntax(facts: DomainFacts) -> Result:
    """A term of the record cannot be read.

    Why: One term that cannot be read makes the whole record a permerror, wherever it stands: receivers treat your mail as if SPF had failed or were not there.
    Bad:
    @ TXT "v=spf1 mx ipv4:192.0.2.7 -all"
    Good:
    @ TXT "v=spf1 mx ip4:192.0.2.7 -all"
    Fix: Put the term right, or delete it.
    References: RFC 7208 4.6, 5.6, 6
    """
    record = facts.spf_record
    if record is None:
        return
    glued = [place for text, place, _ in joins(facts) if text == record.text]
    better = repaired(record)
    # A guess at what was meant may let somebody send whom nobody named: it is for a person to look at.
    fixes = (
        (replace_record("the record with its faults put right", facts.domain, record.text, better, safe=False),)
        if better
        else ()
    )
    for problem in record.problems:
        if any(problem.span[0] < place <= problem.span[1] for place in glued):
            continue
        hint = f"; did you mean {problem.suggestion!r}?" if problem.suggestion else ""
        yield Finding(
            f"{_EFFECTS[problem.kind]}: {problem.message}{hint}",
            facts.spf_place(problem.span),
            severity=Severity.WARNING if problem.kind == "doubt" else None,
            evidence=(facts.txt.evidence,),
            fixes=fixes or (steps("Repair the term", "Put the marked term right, or delete it."),),
            offending=record.text[slice(*problem.span)],
        )


@rule(
    "SPF005",
    "spf-string-join",
    Severity.ERROR,
    since="0.1",
    needs=("txt",),
    applies=lambda facts: bool(_texts(facts)),
    fix=Fixable.SAFE,
)
def spf_string_join(facts: DomainFacts) -> Result:
    """The strings of the record meet without a blank.

    Why: A long record is published as several strings, and receivers join them without adding a blank: the last term of one string and the first of the next become one wrong term.
    Bad:
    @ TXT "v=spf1 mx ip4:192.0.2.7" "ip4:192.0.2.8 -all"
    Good:
    @ TXT "v=spf1 mx ip4:192.0.2.7 " "ip4:192.0.2.8 -all"
    Fix: End each string but the last with a blank.
    References: RFC 7208 3.3
    """
    for text, place, better in joins(facts):
        yield Finding(
            "two strings of the record meet without a blank, and two terms become one that cannot be read",
            DnsLocation(facts.domain, "TXT", (max(0, place - 1), place + 1), text),
            evidence=(facts.txt.evidence,),
            fixes=(replace_record("with the blank", facts.domain, text, better, safe=parse_spf(better).valid),),
            offending=text,
        )
