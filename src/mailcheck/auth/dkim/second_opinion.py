"""What dkimpy makes of the same signatures with the same keys: receivers run such verifiers, too."""

from collections.abc import Mapping, Sequence

from mailcheck.auth.dkim.dkimpy_port import LOGGER, MAX_WORK, key_function, octets_for
from mailcheck.auth.dkim.key_answer import KeyAnswer
from mailcheck.auth.dkim.verify import DkimResult
from mailcheck.mail.message import Message
from mailcheck.model.value import dataclass

JUDGED = frozenset({"pass", "fail", "permerror", "policy"})
"""Results that a second opinion can differ from; the others came from what was not known or not done."""
_BY_THE_CLOCK = ("x= value is past", "t= value is in the future")
SLACK = 36_000
"""Seconds that dkimpy gives to clocks that differ."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One signature by dkimpy: `valid` is None where it has no opinion, and `note` says why."""

    number: int
    valid: bool | None
    note: str = ""

    def differs(self, ours: DkimResult) -> bool:
        """Whether the two would treat the message differently."""
        return self.valid is not None and self.valid != (ours.result == "pass")


def second_opinions(
    message: Message, results: Sequence[DkimResult], answers: Mapping[str, KeyAnswer], now: int
) -> tuple[Opinion, ...]:
    """An opinion for each signature, in order, at the time `now`. Never raises."""
    judged = [number for number, each in enumerate(results) if each.result in JUDGED]
    if len(message.raw) * len(judged) > MAX_WORK:
        return tuple(Opinion(number, None, "the message is too large for a second opinion") for number in judged)
    return tuple(_opinion(message, number, results[number], answers, now) for number in judged)


def _opinion(message: Message, number: int, ours: DkimResult, answers: Mapping[str, KeyAnswer], now: int) -> Opinion:
    import dkim

    signature = ours.signature
    past = signature.expiry is not None and signature.expiry < now - SLACK
    ahead = signature.timestamp is not None and signature.timestamp > now + SLACK
    octets = octets_for(
        message,
        relaxed_fields=signature.header_canon == "relaxed",
        relaxed_text=signature.body_canon == "relaxed",
    )
    try:
        verifier = dkim.DKIM(octets, logger=LOGGER)
        valid = bool(verifier.verify(idx=number, dnsfunc=key_function(answers)))
    except dkim.NaClNotFoundError:
        return Opinion(number, None, "dkimpy checks Ed25519 only with PyNaCl installed")
    except dkim.DKIMException as error:
        if str(error).startswith(_BY_THE_CLOCK) and not (past or ahead):
            # It knows no other time than the computer's.
            return Opinion(number, None, "dkimpy judges x= and t= by today's date alone")
        return Opinion(number, False, str(error)[:200])
    except Exception as error:  # noqa: BLE001  dkimpy's own faults are no opinion (ValueError, IndexError, …)
        return Opinion(number, None, f"dkimpy failed: {type(error).__name__}")
    if past or ahead:
        return Opinion(number, False, "x= is past" if past else "t= is in the future")
    return Opinion(number, valid)
