"""How many questions may be open: additive growth, halving, and no waiter forgotten."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from mailcheck.dns.window import LEAST, MOST, PAUSE, START, Window


@contextlib.asynccontextmanager
async def inside(window: Window) -> AsyncIterator[None]:
    await window.enter()
    try:
        yield
    finally:
        window.leave()


def test_it_starts_grows_by_one_and_stops_growing() -> None:
    window = Window()
    assert window.limit == START
    window.answered()
    assert window.limit == START + 1
    for _ in range(1000):
        window.answered()
    assert window.limit == MOST


def test_losses_close_together_count_as_one() -> None:
    window = Window()
    window.lost(100.0)
    window.lost(100.0 + PAUSE / 2)
    assert window.limit == START / 2
    window.lost(100.0 + PAUSE)
    assert window.limit == START / 4


def test_it_never_closes() -> None:
    window = Window()
    for at in range(100):
        window.lost(float(at))
    assert window.limit == LEAST


def test_a_refusal_halves() -> None:
    async def main() -> float:
        window = Window()
        window.refused()
        return window.limit

    assert asyncio.run(main()) == START / 2


@pytest.mark.parametrize("questions", [1, START, START + 1, 5 * START])
def test_no_more_than_the_limit_are_open_and_all_get_their_turn(questions: int) -> None:
    async def main() -> tuple[int, int]:
        window = Window()
        now = peak = done = 0

        async def one() -> None:
            nonlocal now, peak, done
            async with inside(window):
                now += 1
                peak = max(peak, now)
                await asyncio.sleep(0)
                now -= 1
            done += 1

        await asyncio.gather(*(one() for _ in range(questions)))
        return peak, done

    assert asyncio.run(main()) == (min(questions, START), questions)


def test_those_who_came_first_go_first() -> None:
    async def main() -> list[int]:
        window = Window()
        order: list[int] = []

        async def one(number: int) -> None:
            async with inside(window):
                order.append(number)
                await asyncio.sleep(0.001)

        await asyncio.gather(*(one(at) for at in range(3 * START)))
        return order

    assert asyncio.run(main()) == list(range(3 * START))


def test_shrinking_keeps_what_is_open_and_lets_nobody_in() -> None:
    async def main() -> None:
        window = Window()
        leave = [asyncio.Event() for _ in range(START)]

        async def one(event: asyncio.Event) -> None:
            async with inside(window):
                await event.wait()

        tasks = [asyncio.create_task(one(event)) for event in leave]
        await asyncio.sleep(0)
        window.lost(0.0)
        late = asyncio.Event()
        waiting = asyncio.create_task(one(late))
        late.set()
        for event in leave[: START // 2]:
            event.set()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        leave[START // 2].set()
        await waiting
        for event in leave:
            event.set()
        await asyncio.gather(*tasks)

    asyncio.run(main())


def test_a_waiter_that_gives_up_passes_its_turn_on() -> None:
    """Cancelled while waiting, and cancelled in the very turn in which it was let in."""

    async def main() -> None:
        window = Window()
        leave = asyncio.Event()

        async def hold() -> None:
            async with inside(window):
                await leave.wait()

        async def pass_through() -> str:
            async with inside(window):
                return "in"

        holders = [asyncio.create_task(hold()) for _ in range(START)]
        await asyncio.sleep(0)
        early = [asyncio.create_task(pass_through()) for _ in range(START)]
        last = asyncio.create_task(pass_through())
        await asyncio.sleep(0)
        early[0].cancel()
        leave.set()
        await asyncio.gather(*holders)
        for each in early[1:]:
            each.cancel()
        assert await asyncio.wait_for(last, 10) == "in"
        await asyncio.gather(*early, return_exceptions=True)
        assert await pass_through() == "in"

    asyncio.run(main())
