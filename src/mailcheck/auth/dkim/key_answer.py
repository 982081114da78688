"""What the DNS says at a selector: a key, none, a revoked one, several, or nothing that can be told."""

from mailcheck.dns.rdata import Records, Text
from mailcheck.model.fact import Absent, Fact, Known, Unknown
from mailcheck.model.value import dataclass
from mailcheck.records.dkim_key import DkimKey, looks_like_key, parse_dkim_key

MAX_KEYS = 4
"""Key records at one name that are tried."""


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """The answer at `owner`, and the key records in it. `texts` are all TXT records there."""

    owner: str
    fact: Fact[Records]
    texts: tuple[str, ...]
    keys: tuple[DkimKey, ...]

    @property
    def unknown(self) -> Unknown | None:
        """Why it could not be asked."""
        return self.fact if isinstance(self.fact, Unknown) else None

    @property
    def absent(self) -> Absent | None:
        """That there is nothing."""
        return self.fact if isinstance(self.fact, Absent) else None


def read_answer(owner: str, fact: Fact[Records]) -> KeyAnswer:
    """Read the answer to the TXT question at a selector."""
    texts: tuple[str, ...] = ()
    if isinstance(fact, Known):
        texts = tuple(each.joined for each in fact.value if isinstance(each, Text))
    meant = [text for text in texts if looks_like_key(text)] or list(texts)
    return KeyAnswer(owner, fact, texts, tuple(parse_dkim_key(text) for text in meant[:MAX_KEYS]))
