"""One run: each question asked once, one deadline, and nothing left behind."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable

import pytest

from mailcheck.dns.port import ADVICE, absent, known, unknown
from mailcheck.dns.rdata import Records, Text
from mailcheck.dns.run import Run
from mailcheck.model.fact import Absent, Fact, Known, Unknown

Answer = Callable[[str, str], Awaitable[Fact[Records]]]


class Below:
    """A resolver that answers as told, notes the questions, and waits for `gate` where it is given one."""

    def __init__(self, answer: Callable[[str, str], Fact[Records]], gate: asyncio.Event | None = None) -> None:
        self.answer = answer
        self.gate = gate
        self.questions: list[tuple[str, str]] = []
        self.closed = 0
        self.cancelled = 0

    async def ask(self, name: str, type: str) -> Fact[Records]:
        self.questions.append((name, type))
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.answer(name, type)

    async def close(self) -> None:
        self.closed += 1


def fine(name: str, type: str) -> Fact[Records]:
    return known(name, type, (Text((b"here",)),))


def reason(fact: Fact[Records]) -> str:
    assert isinstance(fact, Unknown)
    return fact.reason


def test_a_question_is_asked_once_however_often_and_however_it_is_written() -> None:
    async def main() -> None:
        below = Below(fine, asyncio.Event())
        run = Run(below)
        assert below.gate is not None
        early = [asyncio.create_task(run.ask(name, "TXT")) for name in ("a.example", "A.Example.", "a.EXAMPLE")]
        await asyncio.sleep(0)
        below.gate.set()
        facts = [*await asyncio.gather(*early), await run.ask("a.example", "TXT")]
        assert all(fact is facts[0] for fact in facts)
        await run.ask("a.example", "MX")
        await run.close()
        assert below.questions == run.asked == [("a.example", "TXT"), ("a.example", "MX")]

    asyncio.run(main())


@pytest.mark.parametrize("make", [absent, unknown])
def test_negative_and_failed_answers_are_kept_as_what_they_are(make: Callable[[str, str, str], Fact[Records]]) -> None:
    async def main() -> None:

        def negative(name: str, type: str) -> Fact[Records]:
            return make(name, type, "nxdomain" if make is absent else "servfail")

        below = Below(negative)
        run = Run(below)
        first, second = await run.ask("a.example", "TXT"), await run.ask("a.example", "TXT")
        assert first is second
        assert isinstance(first, Absent if make is absent else Unknown)
        assert len(below.questions) == 1
        await run.close()

    asyncio.run(main())


def test_the_deadline_makes_what_is_open_unknown_and_what_comes_after() -> None:
    async def main() -> None:
        below = Below(fine, asyncio.Event())
        run = Run(below, timeout=0.05)
        facts = await asyncio.gather(*(run.ask(f"n{at}.example", "TXT") for at in range(5)))
        assert {reason(fact) for fact in facts} == {"deadline"}
        assert run.stopped == "deadline"
        assert reason(await run.ask("late.example", "TXT")) == "deadline"
        assert len(below.questions) == 5
        await run.close()
        assert (below.cancelled, below.closed) == (5, 1)
        assert run.stopped == "deadline"

    asyncio.run(main())


def test_an_answer_that_came_in_time_stays() -> None:
    async def main() -> None:
        run = Run(Below(fine))
        before = await run.ask("a.example", "TXT")
        run.stop("interrupted")
        assert isinstance(before, Known)
        assert await run.ask("a.example", "TXT") is before
        assert reason(await run.ask("b.example", "TXT")) == "interrupted"
        await run.close()

    asyncio.run(main())


def test_the_first_reason_to_stop_is_the_one_told() -> None:
    async def main() -> None:
        below = Below(fine, asyncio.Event())
        run = Run(below)
        waiting = asyncio.create_task(run.ask("a.example", "TXT"))
        await asyncio.sleep(0)
        run.stop("interrupted")
        run.stop("deadline")
        assert reason(await waiting) == "interrupted"
        await run.close()

    asyncio.run(main())


def test_the_deadline_timer_goes_with_the_run() -> None:
    """A closed run is not kept alive by its deadline, and an hour's deadline does not hold the loop."""

    async def main() -> None:
        run = Run(Below(fine), timeout=3600)
        await run.ask("a.example", "TXT")
        await run.close()
        gone = weakref.ref(run)
        del run
        await asyncio.sleep(0)
        gc.collect()
        assert gone() is None

    asyncio.run(main())


def test_a_fault_of_the_resolver_is_unknown_with_its_name() -> None:
    def broken(name: str, type: str) -> Fact[Records]:
        raise ZeroDivisionError("never seen")

    async def main() -> None:
        run = Run(Below(broken))
        fact = await run.ask("a.example", "TXT")
        assert reason(fact) == "resolver-fault"
        assert isinstance(fact, Unknown)
        assert "ZeroDivisionError: never seen" in fact.sentence
        await run.close()

    asyncio.run(main())


def test_who_stops_waiting_takes_nothing_from_the_others() -> None:
    async def main() -> None:
        below = Below(fine, asyncio.Event())
        run = Run(below)
        assert below.gate is not None
        first = asyncio.create_task(run.ask("a.example", "TXT"))
        second = asyncio.create_task(run.ask("a.example", "TXT"))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        below.gate.set()
        assert isinstance(await second, Known)
        assert first.cancelled()
        assert below.cancelled == 0
        await run.close()

    asyncio.run(main())


def test_closing_ends_every_task_and_later_questions_open_nothing() -> None:
    async def main() -> None:
        below = Below(fine, asyncio.Event())
        run = Run(below)
        waiting = [asyncio.create_task(run.ask(f"n{at}.example", "TXT")) for at in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await run.close()
        assert [reason(await each) for each in waiting] == ["closed"] * 3
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert reason(await run.ask("more.example", "TXT")) == "closed"
        assert len(below.questions) == 3

    asyncio.run(main())


def test_the_resolver_below_is_closed_even_when_closing_is_interrupted() -> None:
    class Stubborn(Below):
        async def ask(self, name: str, type: str) -> Fact[Records]:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(0.05)
            return fine(name, type)

    async def main() -> None:
        below = Stubborn(fine)
        run = Run(below)
        waiting = asyncio.create_task(run.ask("a.example", "TXT"))
        await asyncio.sleep(0)
        closing = asyncio.create_task(run.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
        assert below.closed == 1
        await waiting

    asyncio.run(main())


def test_the_limit_of_questions() -> None:
    async def main() -> None:
        below = Below(fine)
        run = Run(below, limit=2)
        facts = [await run.ask(f"n{at}.example", "TXT") for at in (0, 1, 2, 0)]
        assert [isinstance(fact, Known) for fact in facts] == [True, True, False, True]
        assert reason(facts[2]) == "too-many-questions"
        assert len(below.questions) == 2
        await run.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    "name", ["a..b", ".a", "x" * 64 + ".example", "a." * 127 + "a", "\u0142.example", "a\\.b.example"]
)
def test_a_name_that_does_not_fit_is_not_asked(name: str) -> None:
    async def main() -> None:
        below = Below(fine)
        run = Run(below)
        assert reason(await run.ask(name, "TXT")) == "invalid-name"
        assert below.questions == []
        await run.close()

    asyncio.run(main())


def aliased(targets: dict[str, str]) -> Callable[[str, str], Fact[Records]]:
    """Answers that stop at each alias."""

    def answer(name: str, type: str) -> Fact[Records]:
        if name in targets:
            return unknown(name, type, "alias-unfinished", aliases=(targets[name],), ad=name != "weak.example")
        return known(name, type, (Text((b"end",)),), authenticated=True)

    return answer


def test_an_alias_is_followed_and_the_chain_told() -> None:
    async def main() -> None:
        run = Run(Below(aliased({"a.example": "b.example", "b.example": "c.example", "weak.example": "c.example"})))
        fact = await run.ask("A.example", "TXT")
        assert isinstance(fact, Known)
        assert fact.evidence.aliases == ("b.example", "c.example")
        assert fact.evidence.authenticated
        weak = await run.ask("weak.example", "TXT")
        assert not weak.evidence.authenticated
        assert len(run.asked) == 4
        await run.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    "targets", [{"a.example": "a.example"}, {"a.example": "b.example", "b.example": "a.example"},
                {"a.example": "b.example", "b.example": "c.example", "c.example": "b.example"}],
)  # fmt: skip
def test_circles_of_aliases_end_for_all_who_ask_at_once(targets: dict[str, str]) -> None:
    async def main() -> None:
        run = Run(Below(aliased(targets)))
        facts = await asyncio.gather(*(run.ask(name, "TXT") for name in targets))
        assert {reason(fact) for fact in facts} == {"alias-loop"}
        await run.close()

    asyncio.run(main())


def test_every_reason_that_the_package_gives_has_advice() -> None:
    for word in ADVICE:
        assert unknown("a.example", "TXT", word).evidence.advice
    assert unknown("a.example", "TXT", "badcookie").evidence.advice
