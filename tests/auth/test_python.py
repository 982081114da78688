"""`mailcheck.check_host` and `mailcheck.evaluate_dmarc`, as a Python program calls them (architecture 4.4)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import mailcheck
from mailcheck import aio

WORLD = {
    "example.com": {"TXT": ["v=spf1 ip4:192.0.2.0/28 -all exp=why.example.com"]},
    "why.example.com": {"TXT": ["%{i} is none of ours"]},
    "_dmarc.example.com": {"TXT": ["v=DMARC1; p=reject"]},
    "dead.example": "SERVFAIL",
    "_dmarc.dead.example": "TIMEOUT",
}


def world() -> mailcheck.StaticResolver:
    return mailcheck.StaticResolver(WORLD)


def test_the_way_from_spf_to_dmarc() -> None:
    spf = mailcheck.check_host("192.0.2.1", "user@example.com", "mx.example.com", resolver=world())
    assert (spf.result, spf.matched, spf.explanation) == ("pass", "ip4:192.0.2.0/28", None)
    dmarc = mailcheck.evaluate_dmarc("example.com", spf=(spf.domain, spf.result), resolver=world())
    assert (dmarc.result, dmarc.spf_aligned, dmarc.dkim_aligned, dmarc.disposition) == ("pass", True, False, "none")


def test_a_fail_with_its_explanation() -> None:
    spf = mailcheck.check_host("198.51.100.1", "user@example.com", "mx.example.com", resolver=world())
    assert (spf.result, spf.matched, spf.explanation) == ("fail", "-all", "198.51.100.1 is none of ours")
    dmarc = mailcheck.evaluate_dmarc(
        "example.com", spf=("example.com", "fail"), dkim=[("x.net", "pass")], resolver=world()
    )
    assert (dmarc.result, dmarc.policy, dmarc.policy_tag, dmarc.disposition) == ("fail", "reject", "p", "reject")


def test_faults_are_results() -> None:
    assert mailcheck.check_host("192.0.2.1", "user@dead.example", "h", resolver=world()).result == "temperror"
    assert mailcheck.evaluate_dmarc("dead.example", resolver=world()).result == "temperror"
    assert mailcheck.check_host("192.0.2.1", "user@gone.example", "h", resolver=world()).result == "none"
    assert mailcheck.evaluate_dmarc("gone.example", resolver=world()).result == "none"


def test_any_resolver_will_do() -> None:
    """One that answers by `ask` alone is asked by it."""

    class Counting(mailcheck.StaticResolver):
        count = 0

        async def ask(self, name: str, type: str) -> Any:
            self.count += 1
            return await super().ask(name, type)

    resolver = Counting(WORLD)
    assert mailcheck.check_host("192.0.2.1", "user@example.com", "h", resolver=resolver).result == "pass"
    assert mailcheck.check_host("192.0.2.1", "user@example.com", "h", resolver=resolver).result == "pass"
    assert resolver.count == 2


def test_inside_of_a_running_loop() -> None:
    """A notebook calls the plain functions; an async program the others."""

    async def run() -> list[str]:
        plain = mailcheck.check_host("192.0.2.1", "user@example.com", "h", resolver=world())
        awaited = await aio.check_host("192.0.2.1", "user@example.com", "h", resolver=world())
        dmarc = await aio.evaluate_dmarc("example.com", dkim=[("example.com", "pass")], resolver=world())
        return [plain.result, awaited.result, dmarc.result]

    assert asyncio.run(run()) == ["pass", "pass", "pass"]


@pytest.mark.parametrize("ip", ["", "example.com", "192.0.2.256"])
def test_an_address_that_is_none(ip: str) -> None:
    with pytest.raises(mailcheck.UsageError, match="not an IP address"):
        mailcheck.check_host(ip, "user@example.com", "h", resolver=world())


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("a..b",), {}, "empty label"),
        (("user@example.com",), {}, "e-mail address"),
        (
            ("example.com",),
            {"spf": ("pass", "example.com")},
            r"spf: 'example.com' is none of pass, .*give \(domain, result\)",
        ),
        (("example.com",), {"dkim": [("example.com", "ok")]}, "dkim: 'ok' is none of"),
    ],
)
def test_what_is_no_call(arguments: tuple[str, ...], options: dict[str, Any], message: str) -> None:
    with pytest.raises(mailcheck.UsageError, match=message):
        mailcheck.evaluate_dmarc(*arguments, **options, resolver=world())


MESSAGE = b"From: a@example.com\r\n\r\nHello\r\n"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mailcheck.check_host("192.0.2.1", b"a@b", "h", resolver=world()), "mail_from is a text"),
        (lambda: mailcheck.check_host("192.0.2.1", "a@b", None, resolver=world()), "helo is a text"),
        (lambda: mailcheck.check_host("192.0.2.1", "a@b", "h", resolver="9.9.9.9"), "resolver is a resolver"),
        (lambda: mailcheck.evaluate_dmarc(None, resolver=world()), "author_domain is a text"),
        (lambda: mailcheck.evaluate_dmarc("example.com", spf="pass", resolver=world()), r"no \(domain, result\)"),
        (lambda: mailcheck.evaluate_dmarc("example.com", dkim=[("a",)], resolver=world()), "no .domain"),
        (lambda: mailcheck.verify("text", resolver=world()), "octets"),
        (lambda: mailcheck.verify(MESSAGE, ip="x", resolver=world()), "no IP address"),
        (lambda: mailcheck.verify(MESSAGE, now=5, resolver=world()), "now is a datetime"),
        (lambda: mailcheck.verify(MESSAGE, trust_received=-1, resolver=world()), "from 0 to 100"),
        (lambda: mailcheck.verify(MESSAGE, helo=b"h", resolver=world()), "helo is a text"),
        (lambda: mailcheck.verify(MESSAGE, select=["NO1"], resolver=world()), "no rule"),
        (lambda: mailcheck.verify(MESSAGE, fail_on="bad", resolver=world()), "fail_on"),
    ],
)
def test_mistakes_of_the_caller_are_usage_errors(call: Callable[[], object], message: str) -> None:
    with pytest.raises(mailcheck.UsageError, match=message):
        call()


def test_answers_that_are_no_mapping() -> None:
    with pytest.raises(mailcheck.InputError, match="a mapping"):
        mailcheck.StaticResolver([])
