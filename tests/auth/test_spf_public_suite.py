"""The public test suite of RFC 7208 (and that of RFC 4408, as far as 7208 kept it): every case passes."""

import asyncio
from collections.abc import Iterator

import pytest

from auth.public_suite import Case, cases
from mailcheck.auth.spf.evaluate import check_host
from mailcheck.auth.spf.second_opinion import second_opinion

pytestmark = pytest.mark.spf_suite
DEFAULT = "DEFAULT"
"""The suite's word for: the domain gives no explanation."""
LITERAL = {"invalid-domain-empty-label", "invalid-domain-long"}
"""Names that no DNS can hold, written out: to us a fault of the record, to pyspf no match (4.8 leaves it open)."""


def wrong(chosen: Iterator[Case]) -> tuple[int, list[str]]:
    """How many cases there are, and those with another result or explanation."""

    async def run() -> tuple[int, list[str]]:
        count, found = 0, []
        for case in chosen:
            count += 1
            result = await check_host(case.ip, case.mail_from, case.helo, case.world.ask)
            if result.result not in case.results:
                found.append(f"{case.name}: {result.result} ({result.reason}), not {' or '.join(case.results)}")
            if case.explanation is not None and (result.explanation or DEFAULT) != case.explanation:
                found.append(f"{case.name}: {result.explanation!r}, not {case.explanation!r}")
        return count, found

    return asyncio.run(run())


def test_rfc_7208() -> None:
    assert wrong(cases("rfc7208-tests.yml")) == (203, [])


def test_rfc_4408() -> None:
    """Its cases list the results of both standards where these differ."""
    assert wrong(cases("rfc4408-tests.yml")) == (191, [])


def test_pyspf_over_our_answers_passes_its_own_suite() -> None:
    """The second opinion asks through us; that must not change what it says."""

    async def run() -> list[str]:
        return [
            f"{case.name}: {opinion.result} ({opinion.text})"
            for case in cases("rfc7208-tests.yml")
            if (opinion := await second_opinion(case.ip, case.mail_from, case.helo, case.world.ask)).result
            not in case.results
        ]

    assert asyncio.run(run()) == []


def test_where_the_two_differ() -> None:
    async def run() -> set[str]:
        names = set()
        for case in cases("rfc7208-tests.yml"):
            sender = (case.ip, case.mail_from, case.helo, case.world.ask)
            if (await check_host(*sender)).result != (await second_opinion(*sender)).result:
                names.add(case.name)
        return names

    assert asyncio.run(run()) == LITERAL
