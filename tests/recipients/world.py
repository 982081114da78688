"""A small world of domains, one for each thing the DNS can say about mail."""

from typing import Any

ANSWERS: dict[str, Any] = {
    "mail.example": {"MX": ["10 mx.mail.example."]},
    "mx.mail.example": {"A": ["192.0.2.10"]},
    "bücher.com".encode("idna").decode(): {"MX": ["10 mx.mail.example."]},
    "null.example": {"MX": ["0 ."]},
    "bare.example": {"TXT": ["nothing but this"]},
    "dangling.example": {"MX": ["10 gone.dangling.example."]},
    "loop.example": {"MX": ["10 localhost."]},
    "private.example": {"MX": ["10 mx.private.example."]},
    "mx.private.example": {"A": ["10.0.0.1"]},
    "web.example": {"A": ["192.0.2.80"]},
    "homeweb.example": {"A": ["192.168.1.1"]},
    "parked.example": {"MX": ["10 park-mx.above.com."]},
    "park-mx.above.com": {"A": ["192.0.2.99"]},
    "fresh.example": {"MX": ["10 mx.yopmail.com."]},
    "mx.yopmail.com": {"A": ["192.0.2.98"]},
    "yopmail.com": {"MX": ["10 mx.yopmail.com."]},
    "broken.example": "SERVFAIL",
    "slow.example": "TIMEOUT",
    "half.example": {"MX": ["10 broken.example.", "20 mx.mail.example."]},
    "lost.example": {"MX": ["10 broken.example.", "20 mx.private.example."]},
    "many.example": {
        "MX": [f"{number} localhost." for number in range(3)] + [f"1{n} gone{n}.example." for n in range(4)]
    },
    "six.example": {"MX": ["10 mx6.example."]},
    "mx6.example": {"AAAA": ["2001:db8::1"]},
    **{
        name: {"MX": ["10 mx.mail.example."]}
        for name in ("gmail.com", "googlemail.com", "mail.com", "gmx.de", "company.co", "ymaill.com")
    },
}
