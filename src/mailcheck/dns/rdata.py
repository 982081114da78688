"""The record data the checks read, typed; anything else as text."""

from typing import TYPE_CHECKING, Any

from mailcheck.dns.names import from_wire_name
from mailcheck.model.value import dataclass

if TYPE_CHECKING:
    import dns.rdata


@dataclass(frozen=True, slots=True)
class Text:
    """A TXT record: its strings, as octets."""

    strings: tuple[bytes, ...]

    @property
    def joined(self) -> str:
        """The strings joined without a blank (RFC 7208 3.3, RFC 6376 3.6.2.2), one character an octet."""
        return b"".join(self.strings).decode("latin-1")

    @property
    def presentation(self) -> str:
        """As in a master file."""
        from mailcheck.model.fix import zone_text

        return " ".join(zone_text(part.decode("latin-1")) for part in self.strings)


@dataclass(frozen=True, slots=True)
class Exchange:
    """An MX record; the host of a null MX (RFC 7505) is the empty name."""

    preference: int
    host: str

    @property
    def presentation(self) -> str:
        """As in a master file."""
        return f"{self.preference} {self.host}."


@dataclass(frozen=True, slots=True)
class Address:
    """An A or AAAA record."""

    ip: str

    @property
    def presentation(self) -> str:
        """As in a master file."""
        return self.ip


@dataclass(frozen=True, slots=True)
class Target:
    """A CNAME, DNAME, NS or PTR record."""

    name: str

    @property
    def presentation(self) -> str:
        """As in a master file."""
        return f"{self.name}."


@dataclass(frozen=True, slots=True)
class Other:
    """Any other record, in presentation form."""

    text: str

    @property
    def presentation(self) -> str:
        """As in a master file."""
        return self.text


Rdata = Text | Exchange | Address | Target | Other
Records = tuple[Rdata, ...]


def from_dnspython(rdata: "dns.rdata.Rdata") -> Rdata:
    """Our form of one of dnspython's records."""
    import dns.rdatatype as types

    item: Any = rdata
    match rdata.rdtype:
        case types.TXT:
            return Text(tuple(item.strings))
        case types.MX:
            return Exchange(item.preference, from_wire_name(item.exchange))
        case types.A | types.AAAA:
            return Address(item.address)
        case types.CNAME | types.DNAME | types.NS | types.PTR:
            return Target(from_wire_name(item.target))
    return Other(rdata.to_text())
