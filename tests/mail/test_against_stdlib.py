"""The MIME tree beside the standard library's, on messages that both can read."""

import email
import email.policy
from email.message import Message as Stdlib
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from hypothesis import given
from hypothesis import strategies as st

from mailcheck.mail.decoding import read_body
from mailcheck.mail.message import read_message
from mailcheck.mail.parts import read_parts

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60)
NAMES = st.sampled_from(["a.txt", "ü.txt", "a b.pdf", 'with "quotes".txt'])


@st.composite
def entities(draw: st.DrawFn, depth: int = 0) -> Stdlib:
    """A MIME entity that the standard library wrote."""
    if depth < 3 and draw(st.booleans()):
        found = MIMEMultipart(draw(st.sampled_from(["mixed", "alternative", "related"])))
        for child in draw(st.lists(entities(depth + 1), min_size=1, max_size=3)):
            found.attach(child)
        return found
    text = MIMEText(draw(TEXTS), draw(st.sampled_from(["plain", "html"])), "utf-8")
    if draw(st.booleans()):
        text.replace_header("Content-Transfer-Encoding", "quoted-printable")
        import quopri

        text.set_payload(quopri.encodestring(draw(TEXTS).encode()).decode("ascii"))
    if draw(st.booleans()):
        text.add_header("Content-Disposition", "attachment", filename=draw(NAMES))
    return text


@given(entities())
def test_same_parts_and_same_octets(entity: Stdlib) -> None:
    raw = entity.as_bytes(policy=email.policy.SMTP)
    message = read_message(raw)
    ours = read_parts(message).parts
    theirs = list(email.message_from_bytes(raw).walk())
    assert [part.content_type for part in ours] == [part.get_content_type() for part in theirs]
    for part, other in zip(ours, theirs, strict=True):
        if not part.multipart:
            assert read_body(message, part).octets == other.get_payload(decode=True)
            assert part.charset == other.get_content_charset("us-ascii")
            assert part.filename == other.get_filename()
