"""Drawings for people: each result with its way, what stays open, what receivers do."""

from mailcheck.auth.dmarc.walk import Step as WalkStep
from mailcheck.auth.spf.result import Step
from mailcheck.model.fact import Absent, Unknown
from mailcheck.verify_message.forgery import openings
from mailcheck.verify_message.our_results import results_line
from mailcheck.verify_message.receivers import receivers
from mailcheck.verify_message.view import VerifiedMessage

MAX_LINES = 40
"""Steps of an evaluation that are drawn."""


def drawings(view: VerifiedMessage) -> dict[str, tuple[str, ...]]:
    """Blocks of lines by section."""
    if view.no_message or view.message.cut:
        return {}
    lines = [*_spf(view), *_dkim(view), *_arc(view), *_dmarc(view)]
    open_things = openings(view)
    if open_things:
        lines.append("a stranger who has this message can, without breaking it:")
        lines += [f"· {each.detail}" for each in open_things]
    lines.append(results_line(view))
    found = {"AUTH": tuple(lines)}
    told = receivers(view)
    if told:
        found["readiness"] = tuple(
            f"{each.receiver:<10} {f'{each.word} {each.code}' if each.code else each.word:<19} {each.reason}"
            for each in told
        )
    return found


def _branches(texts: list[str]) -> list[str]:
    return [f"{'└─' if number == len(texts) - 1 else '├─'} {text}" for number, text in enumerate(texts)]


def _spf(view: VerifiedMessage) -> list[str]:
    spf = view.spf
    if spf is None:
        return ["SPF    not asked"]
    assumed = ", assumed" if view.envelope.assumed else ""
    counts = f"{spf.lookups} of 10 look-ups, {spf.void_lookups} void"
    lines = [f"SPF    {spf.result:<9}  {spf.identity} {spf.domain}, client {view.envelope.ip}{assumed}; {counts}"]
    steps = [_step(step) for step in spf.trace[:MAX_LINES]]
    if len(spf.trace) > MAX_LINES:
        steps.append(f"… {len(spf.trace) - MAX_LINES} more steps")
    return lines + _branches(steps)


def _step(step: Step) -> str:
    term = step.term if len(step.term) <= 60 else step.term[:57] + "…"
    inner = "  " * step.depth
    target = f" ({step.target})" if step.target and step.kind != "record" and step.target not in term else ""
    note = f": {step.note}" if step.note else ""
    if step.addresses:
        more = f" and {len(step.addresses) - 3} more" if len(step.addresses) > 3 else ""
        note = f" = {', '.join(step.addresses[:3])}{more}{note}"
    return f"{inner}{step.domain + ' ' if step.kind == 'record' else ''}{term}{target}  [{step.outcome}]{note}"


def _dkim(view: VerifiedMessage) -> list[str]:
    lines = [] if view.dkim else ["DKIM   none"]
    for number, result in enumerate(view.dkim):
        signature = result.signature
        aligned = ", aligned" if view.aligned(result) else ""
        lines.append(
            f"DKIM   {result.result:<9}  d={signature.domain or '?'} s={signature.selector or '?'} "
            f"{signature.algorithm or '?'}{aligned}"
        )
        if result.result != "pass":
            lines.append(f"· {result.detail}")
        second = view.dkim_second.get(number)
        if second is not None and second.valid is None and second.note:
            lines.append(f"· no second opinion: {second.note}")
    if view.dkim2:
        lines.append(f"DKIM2  {len(view.dkim2)} signature{'s' if len(view.dkim2) > 1 else ''}, not verified (a draft)")
    return lines


def _arc(view: VerifiedMessage) -> list[str]:
    arc = view.arc
    if arc.result == "none":
        return []
    rows = [
        f"i={each.number} {each.domain} cv={each.chain_status or '?'}, signature {_word(each.signature_valid)}, seal "
        f"{_word(each.seal_valid)}"
        for each in arc.instances
    ]
    return [f"ARC    {arc.result:<9}  {arc.reason}", *_branches(rows)]


def _word(valid: bool | None) -> str:
    return "not checked" if valid is None else "valid" if valid else "not valid"


def _dmarc(view: VerifiedMessage) -> list[str]:
    dmarc = view.dmarc
    if dmarc is None:
        return [f"DMARC  not asked  {view.author.problem}"]
    policy = f", {dmarc.policy_tag}={dmarc.policy} at {dmarc.policy_domain}" if dmarc.policy else ""
    testing = " with t=y" if dmarc.testing else ""
    aligned = [word for word, there in (("SPF", dmarc.spf_aligned), ("DKIM", dmarc.dkim_aligned)) if there]
    by = f", aligned: {' and '.join(aligned)}" if aligned else ""
    lines = [f"DMARC  {dmarc.result:<9}  {view.author.domain}{policy}{testing}{by}"]
    return lines + _branches([f"_dmarc.{step.domain}: {_found(step)}" for step in dmarc.walk.steps])


def _found(step: WalkStep) -> str:
    if isinstance(step.fact, Unknown):
        return f"could not be asked ({step.fact.reason})"
    if len(step.found) > 1:
        return f"{len(step.found)} DMARC records, so none counts"
    if step.found:
        return "a DMARC record"
    if isinstance(step.fact, Absent):
        return "no record (no such name)" if step.fact.nxdomain else "no record"
    return "TXT, but no DMARC record"
