"""What is known about a message, and what is made of it: envelope, age, forgery, receivers, second opinions."""

import dataclasses
import re
from collections.abc import Callable

import pytest

from mailcheck.verify_message.forgery import openings
from mailcheck.verify_message.gather import Question
from mailcheck.verify_message.our_results import results_line
from mailcheck.verify_message.receivers import receivers
from mailcheck.verify_message.saved import not_a_message
from signer import Signer, rsa_key, seal
from verify_message.scenario import NOW, Scenario, clean_answers, scenario

GMAIL = (
    "later +Received: from mail.example.com (mail.example.com. [192.0.2.10])\r\n"
    "        by mx.google.com with ESMTPS id x1; Mon, 23 Nov 2026 02:00:00 -0800 (PST)"
)
INNER = "later +Received: by 2002:a05:6214:b0f:b0:5b9 with SMTP id u15csp1; Mon, 23 Nov 2026 02:00:01 -0800 (PST)"
PATH = "later +Return-Path: <bounce@example.com>"


def words(found: Scenario) -> dict[str, str]:
    return {line.receiver: line.word for line in receivers(found.view())}


# --- The envelope -----------------------------------------------------------------------------------------------------


def without_envelope(*lines: str) -> Scenario:
    found = scenario(("no client", *lines))
    found.helo = found.mail_from = None
    return found


def test_a_known_receivers_field_is_assumed() -> None:
    view = without_envelope(GMAIL, INNER, PATH).view()
    assert dataclasses.astuple(view.envelope)[:5] == (
        "192.0.2.10", "mail.example.com", "bounce@example.com", "assumed", "Gmail",
    )  # fmt: skip
    assert view.spf is not None
    assert view.spf.result == "pass"
    assert view.envelope.received_at == NOW - 2 * 3600 + 1


YAHOO = (
    (
        "later +Received: from 192.0.2.10 (EHLO mail.example.com)\r\n"
        " by 10.217.150.73 with SMTPs\r\n"
        " (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256); Mon, 23 Nov 2026 10:00:00 +0000"
    ),
    (
        "later +Received: from 10.222.141.147\r\n"
        " by atlas-production.v2-mail-prod1-gq1.omega.yahoo.com pod-id atlas--1.gq1.yahoo.com with HTTP;"
        " Mon, 23 Nov 2026 10:00:01 +0000"
    ),
)
MICROSOFT = (
    (
        "later +Received: from mail.example.com (192.0.2.10) by\r\n"
        " AS4PEPF00001.mail.protection.outlook.com (10.167.16.5) with Microsoft SMTP Server\r\n"
        " (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20; Mon, 23 Nov 2026 10:00:00 +0000"
    ),
    (
        "later +Received: from AS4PEPF00001.eurprd02.prod.outlook.com (2603:10a6:20b::7)\r\n"
        " by AM0PR01MB1.eurprd01.prod.exchangelabs.com (2603:10a6:208::1) with Microsoft SMTP Server; Mon, 23 Nov 2026"
        " 10:00:01 +0000"
    ),
    (
        "later +Received: from AM0PR01MB1.eurprd01.prod.exchangelabs.com (2603:10a6::1)\r\n"
        " by DB7PR01MB2.eurprd01.prod.exchangelabs.com with HTTPS; Mon, 23 Nov 2026 10:00:02 +0000"
    ),
)


@pytest.mark.parametrize(("provider", "fields"), [("Yahoo", YAHOO), ("Microsoft", MICROSOFT)])
def test_inner_hops_of_a_known_receiver_are_passed_over(provider: str, fields: tuple[str, ...]) -> None:
    view = without_envelope(*fields, PATH).view()
    assert (view.envelope.ip, view.envelope.helo, view.envelope.told_by) == (
        "192.0.2.10", "mail.example.com", provider,
    )  # fmt: skip
    assert view.envelope.assumed


def test_an_inner_host_says_nothing_before_a_known_receiver_was_seen() -> None:
    assert without_envelope(YAHOO[0], PATH).view().envelope.source == "none"


def test_an_unknown_receivers_field_is_not() -> None:
    view = without_envelope(GMAIL.replace("mx.google.com", "mx.example.net"), PATH).view()
    assert view.spf is None
    assert "AUTH015" in {finding.code for finding in without_envelope(PATH).report().findings}


def test_helo_stands_in_for_a_null_sender_only() -> None:
    """A sender that is not known must not be taken for one that the HELO name vouches for."""
    found = without_envelope()
    unknown = found.view(Question(NOW, "192.0.2.10", "mail.example.com"))
    assert unknown.spf is None
    assert "MAIL FROM is not known" in (unknown.spf_open or "")
    null = found.view(Question(NOW, "192.0.2.10", "mail.example.com", "<>"))
    assert null.spf is not None
    assert (null.spf.identity, null.spf.result) == ("helo", "pass")
    assert found.view(Question(NOW, "192.0.2.10", None, "")).spf is None


def test_spf_not_asked_is_no_unknown() -> None:
    report = without_envelope().report()
    assert report.verdict == "pass"
    assert report.facts["spf"] is None


@pytest.mark.parametrize(("count", "ip"), [(1, "198.51.100.1"), (2, "192.0.2.10"), (3, None)])
def test_trusted_fields_are_counted_from_the_top(count: int, ip: str | None) -> None:
    inner = (
        "later +Received: from edge.example.net ([198.51.100.1]) by inner.example.net; Mon, 23 Nov 2026 10:00:01 +0000"
    )
    found = without_envelope(GMAIL, inner, PATH)
    view = found.view(Question(NOW, trust_received=count))
    assert view.envelope.ip == ip
    assert view.envelope.source == ("received" if ip else "none")


def test_flags_win() -> None:
    view = without_envelope(GMAIL, PATH).view(Question(NOW, "198.51.100.7", "helo.example.net", ""))
    assert (view.envelope.ip, view.envelope.helo, view.envelope.mail_from) == ("198.51.100.7", "helo.example.net", "")
    assert view.spf is not None
    assert view.spf.identity == "helo"


# --- Old messages -----------------------------------------------------------------------------------------------------


def test_an_expired_signature_is_judged_at_its_arrival() -> None:
    lines = (f"sign t={NOW - 7200}; x={NOW + 7 * 86400}", GMAIL, "now 2027-06-01")
    view = scenario(lines).view()
    assert view.dkim[0].result == "pass"
    assert view.judged_at < view.now
    late = scenario((f"sign t={NOW - 9000}; x={NOW - 8000}", GMAIL, "now 2027-06-01")).view()
    assert late.dkim[0].reason == "expired"


def test_a_key_that_is_gone_from_an_old_message_is_told_as_such() -> None:
    gone = ("dns s1._domainkey.example.com NXDOMAIN", "client 198.51.100.7", GMAIL)
    report = scenario((*gone, "now 2027-06-01")).report()
    assert {each.code for each in report.unknown} >= {"AUTH022", "AUTH036"}
    assert any("cannot be verified again now" in each.reason for each in report.unknown)
    assert not any(each.blocking for each in report.unknown)
    assert "AUTH036" not in {finding.code for finding in report.findings}
    fresh = scenario(gone).report()
    assert {"AUTH022", "AUTH036"} <= {finding.code for finding in fresh.findings}


# --- Faults of the DNS ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["SERVFAIL", "TIMEOUT"])
@pytest.mark.parametrize("name", ["s1._domainkey.example.com", "_dmarc.example.com", "example.com"])
def test_a_fault_is_never_a_pass_nor_a_failure(name: str, fault: str) -> None:
    lines = (f"dns {name} {fault}",) + (("client 198.51.100.7",) if name.startswith("s1") else ())
    found = scenario(lines)
    report = found.report()
    assert report.unknown
    assert {each.word for each in receivers(found.view())} <= {"not sure", "accepted"}
    assert "AUTH036" not in {finding.code for finding in report.findings}
    if name != "example.com":
        assert report.verdict == "unknown"


# --- Forgery and receivers --------------------------------------------------------------------------------------------


def test_what_a_stranger_may_do() -> None:
    kinds = {each.kind: each.detail for each in openings(scenario(("sign h=From:To; l=5",)).view())}
    assert set(kinds) == {"change", "add", "body", "replay"}
    assert "Subject" in kinds["change"]
    assert "From" in kinds["add"]
    assert "with two From fields DMARC fails" in kinds["add"]
    assert "Content-Type with its boundary is not signed" in kinds["body"]
    alone = openings(scenario(("sign none",)).view())
    assert [each.kind for each in alone] == ["everything"]
    assert openings(scenario(("sign none", "client 198.51.100.7")).view()) == ()


def test_over_signing_and_expiry_close_it() -> None:
    view = scenario((f"sign t={NOW}; x={NOW + 86400 * 9}",)).view()
    assert {each.kind for each in openings(view)} == {"add"}


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ((), "accepted"),
        (("sign none", "client 198.51.100.7"), "refused"),
        (("sign none", "client 198.51.100.7", 'dns _dmarc.example.com TXT "v=DMARC1; p=quarantine"'), "junk"),
        (("dns _dmarc.example.com SERVFAIL",), "not sure"),
        (("sign none", "no client"), "not sure"),
    ],
)
def test_receivers(lines: tuple[str, ...], word: str) -> None:
    assert set(words(scenario(lines)).values()) == {word}


@pytest.mark.parametrize("lines", [("-From",), ("later +From: x@example.net",)])
def test_without_one_author_only_gmail_tells_what_it_does(lines: tuple[str, ...]) -> None:
    found = receivers(scenario(lines).view())
    assert {each.receiver: (each.word, each.code) for each in found} == {
        "Gmail": ("refused", "550 5.7.1"),
        "Yahoo": ("not sure", None),
        "Microsoft": ("not sure", None),
    }


def test_a_valid_arc_chain_may_save_a_forwarded_message() -> None:
    found = scenario(("client 198.51.100.9",))
    sealer = Signer("example.org", "a1", rsa_key(2048, 1))
    found.answers |= sealer.answers()
    found.file = seal(found.raw + b"footer\r\n", sealer, 1, "none")
    for line in receivers(found.view()):
        assert line.word == "refused"
        assert "accepted if it trusts the ARC seals of example.org" in line.reason


def test_a_key_that_is_gone_is_not_held_against_the_message() -> None:
    found = scenario(("-Received", "dns s1._domainkey.example.com NXDOMAIN"))
    found.file = GMAIL.removeprefix("later +").replace("23 Nov 2026", "23 Nov 2024").encode() + b"\r\n" + found.raw
    assert {each.reason for each in receivers(found.view())} == {"DMARC passes by SPF"}


def test_a_lowered_policy_is_told_as_the_record_has_it() -> None:
    policy = 'dns _dmarc.example.com TXT "v=DMARC1; p=reject; t=y"'
    found = receivers(scenario(("sign none", "client 198.51.100.9", policy)).view())
    assert {(each.word, each.reason) for each in found} == {
        ("junk", "DMARC fails and example.com has p=reject with t=y")
    }


def test_dkim2_is_told_and_nothing_more() -> None:
    found = scenario(("later +DKIM2-Signature: i=1; d=example.com; s=s1; b=AAAA",))
    report = found.report()
    assert report.facts["dkim2_signatures"] == 1
    assert "DKIM2  1 signature, not verified (a draft)" in report.drawings["AUTH"]
    assert report.verdict == "pass"
    assert scenario(()).report().facts["dkim2_signatures"] == 0


def test_a_limit_is_shown_where_it_was_met() -> None:
    found = scenario(())
    found.file = b"X-A: 1\r\n" * 2001 + found.raw
    place = next(each.location for each in found.report().findings if each.code == "RUN003")
    assert getattr(place, "line", 0) == 2001
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(60))
    found.file = b"From: a@example.com\r\n" + nested + b"\r\nx\r\n"
    place = next(each.location for each in found.report().findings if each.code == "RUN003")
    assert getattr(place, "line", 0) > 140


def test_many_faults_of_from_are_counted() -> None:
    found = scenario(())
    found.file = b"From: " + b"<" * 3000 + b"\r\n\r\n"
    assert 20 < len([each for each in found.report().findings if each.code == "AUTH009"]) <= 21


def test_each_receiver_has_its_code() -> None:
    lines = receivers(scenario(("sign none", "client 198.51.100.7")).view())
    assert {line.receiver: line.code for line in lines} == {
        "Gmail": "550 5.7.26",
        "Yahoo": "554 5.7.9",
        "Microsoft": "550 5.7.509",
    }
    lines = receivers(scenario(("sign none", "client 198.51.100.7", "dns _dmarc.example.com NXDOMAIN")).view())
    assert {line.receiver: line.word for line in lines} == {"Gmail": "refused", "Yahoo": "junk", "Microsoft": "junk"}


# --- Second opinions, results, keys, ARC ------------------------------------------------------------------------------


def test_second_opinions_can_be_left_out() -> None:
    found = scenario(("sign h=To:Subject",))
    view = found.view(dataclasses.replace(found.question, second_opinions=False))
    assert view.spf_second is None
    assert view.dkim_second == {}
    assert found.view().dkim_second[0].differs(found.view().dkim[0])


@pytest.mark.parametrize(
    ("tags", "valid"),
    [
        ("t=1000000000; x=1000600000", None),  # long past by the computer's clock, not at the time of judging
        ("t=1000000000; x=1000550000", None),  # within the ten hours that dkimpy grants
        ("t=1000000000; x=1000500000", False),
        ("t=1000900000", False),
    ],
)
def test_dkimpys_clock_is_that_of_the_judging(tags: str, valid: bool | None) -> None:
    found = scenario((f"sign {tags}",))
    found.now = 1000560000
    view = found.view()
    assert view.dkim_second[0].valid is valid, view.dkim_second


def test_our_results_line() -> None:
    line = results_line(scenario(()).view())
    assert line.startswith("Authentication-Results: mailcheck.invalid; spf=pass smtp.mailfrom=example.com; dkim=pass ")
    assert "dmarc=pass header.from=example.com" in line
    assert "\n" not in line


def test_only_a_named_server_is_trusted() -> None:
    found = scenario(("later +Authentication-Results: mx.example.net; dkim=fail header.d=example.com",))
    message = next(each.message for each in found.report().findings if each.code == "AUTH041")
    assert "untrusted" in message
    view = found.view(dataclasses.replace(found.question, authserv_id="mx.example.net"))
    assert view.results[0].trusted


def test_the_selector_that_has_the_key_is_named() -> None:
    found = scenario(("sign key=other",))
    found.answers["s2._domainkey.example.com"] = {"TXT": [Signer(key=rsa_key(2048, 1)).record()]}
    view = found.view(dataclasses.replace(found.question, selectors=("google", "s2")))
    assert view.diagnoses[0].key is not None
    assert "s=s2" in view.diagnoses[0].key.detail


def test_a_cause_that_was_not_searched_is_not_said_to_be_missing() -> None:
    found = scenario(("sign times=5", "client 198.51.100.9"))
    found.file = found.raw.replace(b"all is", b"all was")
    texts = [message for _, message in told(found, "AUTH018")]
    assert ["none of the usual edits" in each for each in texts] == [True] * 3 + [False] * 2
    assert all("not searched" in each for each in texts[3:])


def test_the_selector_of_another_signature_is_tried() -> None:
    """Two signers of one domain whose keys were exchanged."""
    found = scenario(())
    other = Signer("example.com", "own-name", rsa_key(2048, 1))
    found.answers |= other.answers()
    wrong = Signer("example.com", "s1", rsa_key(2048, 1))
    found.file = wrong.sign(other.sign(found.message))
    assert [each.result for each in found.view().dkim] == ["fail", "pass"]
    assert any("s=own-name" in message for _, message in told(found, "AUTH020"))


def test_a_chain_of_results_alone_is_shown_where_it_is() -> None:
    found = scenario(("later +ARC-Authentication-Results: i=1; mx.example.net; none", "later +X-Top: 1"))
    place = next(each.location for each in found.report().findings if each.code == "AUTH038")
    assert (getattr(place, "line", 0), getattr(place, "field", "")) == (2, "ARC-Authentication-Results")


def test_a_signature_that_expired_since_is_told() -> None:
    """It is judged as of its arrival, and nobody can verify it again."""
    found = scenario((f"sign t={NOW - 86400}; x={NOW + 86400}",))
    found.file = GMAIL.removeprefix("later +").encode() + b"\r\n" + found.raw
    assert told(found, "AUTH024") == []
    found.now = NOW + 90 * 86400
    assert [each.result for each in found.view().dkim] == ["pass"]
    ((severity, message),) = told(found, "AUTH024")
    assert severity == "info"
    assert "cannot be verified again now" in message
    assert found.report().verdict == "pass"


@pytest.mark.parametrize(
    ("trusted", "text"), [(1, "Received field 1 from the top tells no address"), (9, "there are 2 Received fields")]
)
def test_a_number_of_trusted_fields_that_does_not_fit_is_told(trusted: int, text: str) -> None:
    found = without_envelope(GMAIL, INNER, PATH)
    view = found.view(Question(NOW, trust_received=trusted))
    assert view.spf is None
    assert text in (view.spf_open or "")


def test_several_signatures_are_all_judged() -> None:
    found = Scenario()
    other = Signer("mailer.example.net", "m1", rsa_key(2048, 1))
    found.answers |= other.answers()
    found.message = other.sign(found.message)
    view = found.view()
    assert [(each.domain, each.result, view.aligned(each)) for each in view.dkim] == [
        ("example.com", "pass", True),
        ("mailer.example.net", "pass", False),
    ]


def test_arc_is_in_the_facts() -> None:
    sealer = Signer("list.example", "a1")
    found = Scenario(answers=clean_answers() | sealer.answers())
    found.file = seal(found.raw, sealer, 1, "none")
    report = found.report()
    assert report.facts["arc"]["result"] == "pass"
    assert report.facts["arc"]["sets"][0]["domain"] == "list.example"


# --- Shapes of "Composition Kills" ------------------------------------------------------------------------------------

SPOOFS = {
    "A1 a subdomain that does not exist": ("mail-from any@nothing.example.com", "helo attack.example"),
    "A2 an empty MAIL FROM": ("mail-from <>", "helo attack.example"),
    "A3 a NUL in the selector": ("sign s=s1\x00.attack.example",),
    "A4 a quoted local part": ('mail-from "bounce@example.com,"@attack.example',),
    "A5 a parenthesis": ("mail-from (bounce@example.com@attack.example",),
    "A6 a route": ("mail-from <@example.com:any@attack.example>",),
    "d= with a parenthesis": ("sign d=example.com(.attack.example",),
    "d= with a quote": ('sign d="example.com".attack.example',),
}


@pytest.mark.parametrize("name", SPOOFS)
def test_a_spoof_never_passes(name: str) -> None:
    """The attacker holds attack.example with SPF and a key of its own, and sends as example.com."""
    found = Scenario(client="203.0.113.66", helo="attack.example", mail_from="any@attack.example")
    for line in SPOOFS[name]:
        extra = scenario((line,))
        if line.startswith("mail-from"):
            found.mail_from = extra.mail_from
        elif line.startswith("sign"):
            found.options |= extra.options
    found.answers["attack.example"] = {"TXT": ["v=spf1 ip4:203.0.113.0/24 -all"]}
    found.options.setdefault("d", "attack.example")
    attacker = Signer("attack.example", "s1", rsa_key())
    for owner in ("s1._domainkey.attack.example", "s1.attack.example._domainkey.example.com"):
        found.answers[owner] = {"TXT": [attacker.record()]}
    report = found.report()
    assert report.facts["dmarc"]["result"] != "pass", report.facts["dmarc"]
    assert set(words(found).values()) <= {"refused", "not sure"}


def told(found: Scenario, code: str) -> list[tuple[str, str]]:
    return [(each.severity.value, each.message) for each in found.report().findings if each.code == code]


def test_a_byte_order_mark_is_left_out_and_told() -> None:
    found = scenario(())
    found.file = b"\xef\xbb\xbf" + found.raw
    view = found.view()
    assert [each.result for each in view.dkim] == ["pass"]
    assert {each.valid for each in view.dkim_second.values()} == {True}
    assert [word for word, text in told(found, "AUTH002") if "byte order mark" in text] == ["warning"]
    assert told(found, "AUTH003") == []


def test_a_file_that_spoils_a_signature_is_told_first() -> None:
    found = scenario(("sign c=simple/simple", "client 198.51.100.9"))
    found.file = found.raw.replace(b"all is", "all\ufffdis".encode())
    first, *rest = [each for each in found.report().findings if each.severity.value == "error"]
    assert first.code == "AUTH002"
    assert {"AUTH018", "AUTH036"} <= {each.code for each in rest}


@pytest.mark.parametrize(
    ("code", "edit", "text"),
    [
        ("AUTH018", lambda raw: raw.partition(b"\r\n\r\n")[0] + b"\r\n", "there is no body, or it was not saved"),
        ("AUTH018", lambda raw: raw.replace(b"\xc3\xa9", b"??"), "8-bit text may have been lost"),
        ("AUTH019", lambda raw: re.sub(rb"\r\n[ \t]+", b" ", raw), "unfolded"),
    ],
)
def test_what_saving_may_have_broken_is_told_with_the_failure(
    code: str, edit: Callable[[bytes], bytes], text: str
) -> None:
    found = scenario(("sign c=simple/relaxed", "-Content-Transfer-Encoding", "client 198.51.100.9"))
    found.message = (
        b"Received: from a.example.com (a.example.com [192.0.2.7])\r\n\tby b.example.com with ESMTPS id 7;"
        b" Mon, 23 Nov 2026 09:59:59 +0000 (this makes the field longer than 200 octets, so that it"
        b" is folded by whatever writes mail; nothing else about it matters, and nobody reads it)\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n" + found.message + b"caf\xc3\xa9\r\n"
    )
    found.file = edit(found.raw)
    assert any(text in message for _, message in told(found, code)), told(found, code)
    assert any(text in message for _, message in told(found, "AUTH002"))


def test_parts_that_are_not_what_they_declare_are_shown_where_they_are() -> None:
    head = "Content-Type: text/plain; charset=zip"
    found = scenario((head, "Content-Transfer-Encoding: base64"))
    found.message = found.message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n!!AAA=A\r\n"
    places = [each.location for each in found.report().findings if each.code == "AUTH005"]
    assert len(places) == 3
    assert {getattr(each, "line", 0) for each in places} == {found.raw[: found.raw.index(b"!!")].count(b"\n") + 1}


def test_binary_data_is_one_finding() -> None:
    found = scenario(())
    found.file = bytes(range(256)) * 40
    assert [each.code for each in found.report().findings] == ["AUTH001"]


def test_no_signature_is_no_error_where_spf_may_pass() -> None:
    found = without_envelope("sign none")
    assert {each.severity.value for each in found.report().findings} == {"warning", "info"}
    assert found.report().verdict == "pass"
    assert told(scenario(("sign none", "client 198.51.100.9")), "AUTH016")[0][0] == "error"


def test_harmless_signs_of_saving_are_told_only_where_a_signature_fails() -> None:
    good, bad = scenario(()), scenario(("later Subject: Bye",))
    for found, told in ((good, False), (bad, True)):
        found.file = found.raw.replace(b"\r\n", b"\n")
        assert ("AUTH002" in {finding.code for finding in found.report().findings}) is told
    good.file = b"\xef\xbb\xbf" + scenario(()).raw
    assert "AUTH002" in {finding.code for finding in good.report().findings}


def test_files_that_are_no_message() -> None:
    assert not_a_message(b"") == "the file is empty"
    assert "CR alone" in (not_a_message(b"From: a@b.example\rSubject: x\r\rHello\r") or "")
    assert ".msg" in (not_a_message(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) or "")
    assert not_a_message(b"From: a@b.example\r\n\r\n") is None
    assert scenario(("file From: a@b.example",)).report().facts["dmarc"] is not None


def test_of_many_signatures_those_that_may_align_are_judged() -> None:
    """Ten signatures of strangers on top do not push the author's out."""
    found = Scenario()
    other = Signer("mailer.example.net", "m1", rsa_key(2048, 1))
    found.answers |= other.answers()
    raw = found.raw
    for _ in range(12):
        raw = other.sign(raw)
    found.file = raw
    view = found.view()
    assert view.dkim_passes
    assert [each.result for each in view.dkim].count("neutral") == 3
    assert view.dkim[-1].domain == "example.com"
