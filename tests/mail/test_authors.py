"""Who the author is, by fixtures/messages/authors.toml: every address is found, and none is picked in silence."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailcheck.mail.message import read_message
from mailcheck.verify_message.gather import author_of

FIXTURE = Path(__file__).parent.parent.parent / "fixtures" / "messages" / "authors.toml"
CASES = tomllib.loads(FIXTURE.read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_author(case: dict[str, Any]) -> None:
    raw = case.get("raw") or "".join(f"From: {each}\r\n" for each in case["fields"])
    message = read_message(f"{raw}To: bob@example.net\r\n\r\nbody\r\n".encode())
    author = author_of(message)
    assert [each.written for each in author.addresses] == case["addresses"]
    kinds = {fault.kind for _, fault in author.faults}
    assert author.domain == case.get("domain")
    assert kinds >= set(case.get("kinds", ()))
    assert (author.problem is None) is ("domain" in case)
    assert {fault.kind for fault in message.faults} >= set(case.get("header", ()))
