"""DKIM, clause by clause (fixtures/dkim/cases.toml), and beside dkimpy."""

import base64
import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auth.dkim_world import answer
from mailcheck.auth.dkim.key_answer import KeyAnswer, read_answer
from mailcheck.auth.dkim.second_opinion import second_opinions
from mailcheck.auth.dkim.verify import DkimResult, Verifier
from mailcheck.dns.port import absent, unknown
from mailcheck.mail.message import read_message
from records.keys import texts
from signer import Signer, canonical_body, ed25519_key, rsa_key, split
from verify_message.scenario import CLEAN, edited

DATA = tomllib.loads((Path(__file__).parent.parent.parent / "fixtures" / "dkim" / "cases.toml").read_text("utf-8"))
CASES = [DATA["defaults"] | case for case in DATA["case"]]


class Undigested(Signer):
    """Signs with Ed25519 what RFC 8463 wants hashed first."""

    def _signature(self, data: bytes, algorithm: str) -> bytes:
        return ed25519_key().sign(data)


def signer_of(case: dict[str, Any]) -> Signer:
    sign = dict(case.get("sign", {}))
    key = (
        ed25519_key(case["number"])
        if case["algorithm"].startswith("ed25519")
        else rsa_key(case["bits"], case["number"])
    )
    header, _, body = sign.get("c", "relaxed/relaxed").partition("/")
    names = tuple(sign.get("h", "From:From:To:Subject:Date").split(":"))
    kind = Undigested if case["algorithm"] == "ed25519-undigested" else Signer
    found = kind("example.com", sign.get("s", "s1"), key, header, body, names)
    if "l" in sign:
        found.length = 10**6 if sign["l"] == "whole" else int(sign["l"])
        if sign["l"] == "whole":
            found.tags["l"] = str(len(CLEAN.partition(b"\r\n\r\n")[2]))
    found.tags |= {name: value or None for name, value in case.get("tags", {}).items()}
    return found


def message_of(case: dict[str, Any], signer: Signer) -> bytes:
    raw = CLEAN
    if case.get("empty"):
        raw = CLEAN.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    for line in case.get("message", ()):
        raw = edited(raw, line)
    extra = case.get("raw_tags")
    if extra:
        # Behind bh=, and signed with the rest.
        signer.tags["bh"] = f"{_body_hash(signer, raw)};{extra.rstrip(';')}"
    if case.get("fold_bh"):
        whole = _body_hash(signer, raw)
        signer.tags["bh"] = f"{whole[:20]}\r\n\t {whole[20:]}"
    raw = signer.sign(raw)
    for line in case.get("later", ()):
        raw = edited(raw, line)
    return re.sub(rb"(?: *\r\n)+\Z", b"\r\n\r\n\r\n", raw) if case.get("strip") else raw


def _body_hash(signer: Signer, raw: bytes) -> str:
    return base64.b64encode(hashlib.sha256(canonical_body(split(raw)[1], signer.body)).digest()).decode()


def answers_of(case: dict[str, Any], signer: Signer) -> dict[str, KeyAnswer]:
    owner = f"{signer.selector}._domainkey.example.com"
    word = case.get("answer")
    if word == "NXDOMAIN":
        return {owner: read_answer(owner, absent(owner, "TXT", "nxdomain"))}
    if word:
        return {owner: read_answer(owner, unknown(owner, "TXT", word.lower()))}
    records = case.get("records") or [case.get("record")]
    if records == [None]:
        published = signer
        if "published" in case:
            published = Signer(key=rsa_key(2048, case["published"]))
        records = [published.record(**case.get("key", {}))]
    return {owner: answer(owner, *(_filled(each, signer) for each in records))}


def _filled(record: str, signer: Signer) -> str:
    public = rsa_key().public_key()
    forms = {
        "rsa": base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode(),
        "rsa_pkcs1": base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.PKCS1)).decode(),
        "other": Signer(key=rsa_key(2048, 1)).record().partition("p=")[2],
        "ed25519": Signer(key=ed25519_key()).record().partition("p=")[2],
        "rsa512": texts()["rsa512"],
        "rsa65536": texts()["rsa65536"],
    }
    for name, text in forms.items():
        record = record.replace(f"{{{name}}}", text)
    return record


def judged(case: dict[str, Any]) -> tuple[DkimResult, str]:
    """Our result, and dkimpy's word: valid, not valid, none."""
    signer = signer_of(case)
    message = read_message(message_of(case, signer))
    answers = answers_of(case, signer)
    results = Verifier(message).verify(answers, case["now"])
    assert len(results) == 1
    opinions = second_opinions(message, results, answers, case["now"])
    word = "none" if not opinions or opinions[0].valid is None else "valid" if opinions[0].valid else "not valid"
    return results[0], word


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    result, theirs = judged(case)
    assert (result.result, result.detail) == (case["result"], result.detail)
    if "reason" in case:
        assert result.reason == case["reason"]
    expected = case.get("dkimpy", "same")
    if expected == "same" and theirs != "none":
        assert theirs == ("valid" if result.result == "pass" else "not valid")
    elif expected in {"valid", "not valid"}:
        assert theirs == expected


def test_every_result_word_has_a_case() -> None:
    assert {case["result"] for case in CASES} >= {"pass", "fail", "policy", "permerror", "temperror"}
    assert len({case["name"] for case in CASES}) == len(CASES)
