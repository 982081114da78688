"""Messages and key answers for tests of signatures."""

from mailcheck.auth.dkim.key_answer import KeyAnswer, read_answer
from mailcheck.dns.port import known
from mailcheck.dns.rdata import Text
from signer import Signer

PLAIN = (
    b"From: Alice <alice@example.com>\r\n"
    b"To: Bob <bob@example.net>\r\n"
    b"Subject: Hello world\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"\r\n"
    b"Gr\xc3\xbc\xc3\x9fe,\r\n"
    b"\r\n"
    b"all is fine.\r\n"
    b"From here on\r\n"
    b"there is more.\r\n"
    b"-- \r\n"
    b"Alice\r\n"
)
MULTIPART = (
    b"From: Alice <alice@example.com>\r\n"
    b"To: bob@example.net\r\n"
    b"Subject: Hello world\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="outer"\r\n'
    b"\r\n"
    b"--outer\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Hello,\r\n"
    b"in words\r\n"
    b"--outer\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n"
    b"\r\n"
    b"<html><body>\r\n"
    b"<p>in markup</p>\r\n"
    b"</body></html>\r\n"
    b"--outer--\r\n"
)


def answer(owner: str, *records: str) -> KeyAnswer:
    """The answer with these TXT records."""
    return read_answer(owner, known(owner, "TXT", tuple(Text((each.encode("latin-1"),)) for each in records)))


def answers_of(*signers: Signer, **tags: str) -> dict[str, KeyAnswer]:
    """The answers at the signers' selectors."""
    found = {}
    for each in signers:
        owner = f"{each.selector}._domainkey.{each.domain}"
        found[owner] = answer(owner, each.record(**tags))
    return found
