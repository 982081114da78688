"""The chain judged by dkimpy, bounded, with the keys that were fetched (RFC 8617 5.2)."""

from collections.abc import Mapping

from mailcheck.auth.arc.sets import ArcChain, ArcSet
from mailcheck.auth.dkim.dkimpy_port import LOGGER, MAX_WORK, NotFetchedError, key_function, octets_for
from mailcheck.auth.dkim.key_answer import KeyAnswer
from mailcheck.mail.message import Message
from mailcheck.model.value import dataclass
from mailcheck.records.dkim_key import parse_dkim_key
from mailcheck.records.dkim_signature import MAX_NAMES


@dataclass(frozen=True, slots=True)
class ArcInstance:
    """What was found of one set; None where it was not checked."""

    number: int
    domain: str
    chain_status: str
    signature_valid: bool | None
    seal_valid: bool | None


@dataclass(frozen=True, slots=True)
class ArcResult:
    """The chain: none, pass or fail (RFC 8617 4.4); `unknown` where a key could not be fetched.

    `oldest_pass` is the lowest instance whose message signature still verifies (RFC 8617 7.2 header.oldest-pass), 0
    where all do.
    """

    result: str
    reason: str
    instances: tuple[ArcInstance, ...] = ()
    oldest_pass: int | None = None


def verify_chain(message: Message, chain: ArcChain, answers: Mapping[str, KeyAnswer]) -> ArcResult:
    """Judge the chain. Never raises."""
    if chain.fault is not None:
        return ArcResult("fail", chain.fault)
    if not chain.sets:
        return ArcResult("none", "the message has no ARC set")
    refused = _refused(message, chain, answers)
    if refused is not None:
        return refused
    return _by_dkimpy(message, chain, answers)


def _refused(message: Message, chain: ArcChain, answers: Mapping[str, KeyAnswer]) -> ArcResult | None:
    """What dkimpy must not see, or would misread."""
    if len(message.raw) * len(chain.sets) > MAX_WORK * 4:
        return ArcResult("unknown", "the message is too large to verify its chain")
    for each in chain.sets:
        if each.seal_tags.problems or each.signature_tags.problems:
            return ArcResult("fail", f"a tag list of instance {each.number} cannot be read")
        if (each.signature_tags.value("h") or "").count(":") > MAX_NAMES:
            return ArcResult("fail", f"h= of instance {each.number} names more than {MAX_NAMES} fields")
        for owner in each.owners:
            answer = answers.get(owner)
            if answer is None:
                return ArcResult("unknown", f"the key at {owner} was not asked for")
            if answer.unknown is not None:
                return ArcResult("unknown", f"the key could not be fetched: {answer.unknown.sentence}")
    latest = chain.sets[-1]
    if latest.chain_status == "fail":
        return ArcResult("fail", f"{latest.domain} sealed the chain as failed (cv=fail)", _untested(chain))
    return None


def _untested(chain: ArcChain) -> tuple[ArcInstance, ...]:
    return tuple(ArcInstance(each.number, each.domain, each.chain_status, None, None) for each in chain.sets)


def _by_dkimpy(message: Message, chain: ArcChain, answers: Mapping[str, KeyAnswer]) -> ArcResult:
    import dkim

    forms = [(each.signature_tags.value("c") or "relaxed/relaxed").lower().partition("/") for each in chain.sets]
    octets = octets_for(
        message,
        relaxed_fields=all(form[0] == "relaxed" for form in forms),
        relaxed_text=all(form[2] == "relaxed" for form in forms),
    )
    try:
        status, found, why = dkim.ARC(octets, logger=LOGGER).verify(dnsfunc=key_function(answers))
    except NotFetchedError as error:
        return ArcResult("unknown", f"the key at {error!s:.80} was not fetched")
    except Exception as error:  # noqa: BLE001  dkimpy's own faults (IndexError, ValueError, …)
        return ArcResult("unknown", f"dkimpy failed on this chain: {type(error).__name__}")
    by_number = {each["instance"]: each for each in found}
    instances = tuple(_instance(each, by_number.get(each.number)) for each in chain.sets)
    if status != dkim.CV_Pass:
        return ArcResult("fail", _why(chain, answers) or str(why)[:200], instances)
    valid = [each.number for each in instances if each.signature_valid]
    oldest = next((number for number in range(len(instances), 0, -1) if number not in valid), 0)
    oldest_pass = 0 if oldest == 0 else oldest + 1
    return ArcResult(
        "pass", f"{len(instances)} valid ARC set{'s' if len(instances) > 1 else ''}", instances, oldest_pass
    )


def _instance(each: ArcSet, found: Mapping[str, object] | None) -> ArcInstance:
    if found is None:
        return ArcInstance(each.number, each.domain, each.chain_status, None, None)
    return ArcInstance(
        each.number, each.domain, each.chain_status, bool(found.get("ams-valid")), bool(found.get("as-valid"))
    )


def _why(chain: ArcChain, answers: Mapping[str, KeyAnswer]) -> str | None:
    """A missing key, told before dkimpy's general words."""
    for each in chain.sets:
        for owner in each.owners:
            answer = answers[owner]
            if not answer.keys or parse_dkim_key(answer.keys[0].text).revoked:
                return f"there is no usable key at {owner} (instance {each.number})"
    return None
