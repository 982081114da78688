"""The signed messages of the standards themselves verify: RFC 6376 A.2 (with errata 3192 and 4926), RFC 8463 A.3."""

from pathlib import Path

import pytest

from auth.dkim_world import answer
from mailcheck.auth.dkim.second_opinion import second_opinions
from mailcheck.auth.dkim.verify import Verifier
from mailcheck.mail.message import read_message

FOLDER = Path(__file__).parent.parent.parent / "fixtures" / "dkim"
KEYS = {
    "brisbane._domainkey.example.com": "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMo"
    "GeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mc"
    "wGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB",
    "brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test._domainkey.football.example.com": "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTz"
    "WRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO"
    "9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
}


@pytest.mark.parametrize(("name", "count"), [("rfc6376", 1), ("rfc8463", 2)])
def test_example_of_the_standard(name: str, count: int) -> None:
    message = read_message((FOLDER / f"{name}.eml").read_bytes())
    answers = {owner: answer(owner, record) for owner, record in KEYS.items()}
    results = Verifier(message).verify(answers, 1528640000)
    assert [(each.result, each.detail) for each in results] == [("pass", "the signature is valid")] * count
    assert [each.valid for each in second_opinions(message, results, answers, 1528640000)] == [True] * count
