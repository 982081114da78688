"""What the large receivers do with this message, as far as authentication decides."""

from mailcheck.model.value import dataclass
from mailcheck.verify_message.view import VerifiedMessage

REFUSALS = {
    "Gmail": ("550 5.7.26", "550 5.7.26"),
    "Yahoo": ("554 5.7.9", "554 5.7.9"),
    "Microsoft": ("550 5.7.509", "550 5.7.515"),
}
"""The codes for a DMARC policy of reject, and for mail that meets no requirement (as the receivers publish them).

Sources, looked at on 2026-11-28: knowledge.workspace.google.com (SMTP errors), senders.yahooinc.com/error-codes,
support.microsoft.com (550 5.7.515) and learn.microsoft.com (5.7.509).
"""
AUTHOR_REFUSED = "550 5.7.1"
"""Gmail's code for a From field that is missing, or from which no single author can be told (same source)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One receiver: accepted, junk, refused or not sure; the code of a refusal; what decides it."""

    receiver: str
    word: str
    code: str | None
    reason: str


def receivers(view: VerifiedMessage) -> list[Line]:
    """One line for each; empty where the file is no message."""
    if view.no_message or view.message.cut:
        return []
    return [_line(view, name) for name in REFUSALS]


def _line(view: VerifiedMessage, name: str) -> Line:
    refused, unauthenticated = REFUSALS[name]
    dmarc = view.dmarc
    if dmarc is None:
        problem = view.author.problem or "there is no author domain"
        if name == "Gmail":
            return Line(name, "refused", AUTHOR_REFUSED, problem)
        return Line(name, "not sure", None, f"{problem}: DMARC cannot pass, and such mail is junked or refused")
    if dmarc.result in {"temperror", "permerror"}:
        return Line(name, "not sure", None, f"DMARC could not be determined: {dmarc.reason}")
    if dmarc.result == "fail" and any(view.gone(each) for each in view.dkim):
        return Line(name, "not sure", None, "a key has been taken away since; it cannot be verified again now")
    if dmarc.result == "fail" and view.spf is None and dmarc.disposition != "none":
        return Line(name, "not sure", None, "no signature passes and aligns, and SPF was not asked")
    if dmarc.result == "fail" and dmarc.disposition in {"reject", "quarantine"}:
        reason = f"DMARC fails and {dmarc.policy_domain} has {dmarc.policy_tag}={dmarc.policy}"
        if dmarc.policy != dmarc.disposition:
            reason += " with t=y"
        sealer = view.arc.instances[-1].domain if view.arc.result == "pass" and view.arc.instances else None
        if sealer:
            # RFC 8617 7.2: a local policy decision, which nobody outside can tell.
            reason += f"; accepted if it trusts the ARC seals of {sealer}"
        if dmarc.disposition == "reject":
            return Line(name, "refused", refused, reason)
        return Line(name, "junk", None, reason)
    return _without_policy(view, name, unauthenticated)


def _without_policy(view: VerifiedMessage, name: str, code: str) -> Line:
    spf = view.spf is not None and view.spf.result == "pass"
    dkim = any(result.result == "pass" for result in view.dkim)
    aligned = view.dmarc is not None and view.dmarc.result == "pass"
    if not (spf or dkim):
        if view.spf is None or view.spf.result == "temperror" or any(each.result == "temperror" for each in view.dkim):
            return Line(name, "not sure", None, "no signature passes, and SPF is not known")
        if name == "Gmail":
            return Line(name, "refused", code, "neither SPF nor DKIM passes")
        return Line(name, "junk", None, "neither SPF nor DKIM passes")
    gone = any(view.gone(each) for each in view.dkim)
    lacking = [word for word, there in (("SPF", spf or view.spf is None), ("DKIM", dkim or gone)) if not there]
    if not aligned:
        why = "no DMARC policy applies" if view.dmarc is None or view.dmarc.result == "none" else "nothing aligns"
        return Line(name, "accepted", None, f"{_passing(spf=spf, dkim=dkim)}, but {why}: as bulk mail refused ({code})")
    if lacking:
        reason = f"DMARC passes, but not {' and '.join(lacking)}: as bulk mail it may be refused ({code})"
        return Line(name, "accepted", None, reason)
    return Line(name, "accepted", None, f"DMARC passes by {_by(view)}")


def _passing(*, spf: bool, dkim: bool) -> str:
    return " and ".join(word for word, there in (("SPF", spf), ("DKIM", dkim)) if there) + (
        " passes" if spf != dkim else " pass"
    )


def _by(view: VerifiedMessage) -> str:
    dmarc = view.dmarc
    if dmarc is None:
        return "nothing"
    return " and ".join(word for word, there in (("SPF", dmarc.spf_aligned), ("DKIM", dmarc.dkim_aligned)) if there)
