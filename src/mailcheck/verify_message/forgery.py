"""What a stranger may add to a passing message, or change in it, without breaking what makes it pass."""

from mailcheck.auth.dkim.verify import DkimResult
from mailcheck.model.value import dataclass
from mailcheck.verify_message.naming import field_name
from mailcheck.verify_message.view import VerifiedMessage

SHOWN = (
    "from", "subject", "to", "cc", "date", "reply-to", "sender", "list-unsubscribe", "list-unsubscribe-post",
    "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "in-reply-to",
    "references", "list-id", "message-id",
)  # fmt: skip
"""Fields that mail programs show or act on."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that stays open: a kind for programs, a sentence for people."""

    kind: str
    detail: str


def openings(view: VerifiedMessage) -> tuple[Opening, ...]:
    """What is open in a message that passes DMARC, or that has a valid signature; nothing for any other."""
    valid = [result for result in view.dkim if result.result == "pass"]
    counted = [result for result in valid if view.aligned(result)] or valid
    found: list[Opening] = []
    if counted:
        # A change survives where one counted signature survives it.
        found += _fields(view, counted)
        found += _body(counted)
        if all(result.signature.expiry is None for result in counted):
            found.append(Opening("replay", "send the whole message again, to anybody, at any time (no x=)"))
    if view.dmarc is not None and view.dmarc.result == "pass" and view.dmarc.spf_aligned and not view.dkim_passes:
        text = "anything: it passes by SPF alone, which covers the sending server and nothing of the message"
        found.append(Opening("everything", text))
    return tuple(found)


def _fields(view: VerifiedMessage, counted: list[DkimResult]) -> list[Opening]:
    there = {field.key for field in view.message.fields}
    changeable = [name for name in SHOWN if name in there and any(name not in each.signature.names for each in counted)]
    addable = [
        name for name in SHOWN if name not in changeable and any(name not in each.oversigned for each in counted)
    ]
    found = []
    if changeable:
        names = ", ".join(map(field_name, changeable))
        found.append(Opening("change", f"change or remove {names}: no signature covers {_them(changeable)}"))
    if addable:
        names = ", ".join(map(field_name, addable))
        text = f"put one more {names} on top: h= does not list one more than there is"
        if "from" in addable:
            text += " (with two From fields DMARC fails where it is checked as RFC 9989 says)"
        found.append(Opening("add", text))
    return found


def _them(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"


def _body(counted: list[DkimResult]) -> list[Opening]:
    for result in counted:
        if result.signature.length is not None:
            text = f"append to the body behind its first {result.signature.length} octets (l=)"
            if "content-type" not in result.signature.names:
                text += ", and show only that, since Content-Type with its boundary is not signed"
            return [Opening("body", text)]
    return []
