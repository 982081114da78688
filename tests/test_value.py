"""Our data classes behave as the standard ones do, also to the standard library's own functions."""

import copy
import dataclasses
import inspect
import pickle
from typing import ClassVar, Generic, TypeVar

import pytest

from mailcheck.model.value import dataclass, field, replace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ours(Generic[T]):
    first: T
    second: int = 3
    hidden: int = field(default=7, repr=False)
    many: list[int] = field(default_factory=list)
    kind: ClassVar[str] = "x"

    @property
    def twice(self) -> int:
        return 2 * self.second


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs(Generic[T]):
    first: T
    second: int = 3
    hidden: int = dataclasses.field(default=7, repr=False)
    many: list[int] = dataclasses.field(default_factory=list)
    kind: ClassVar[str] = "x"


@dataclass
class Open:
    name: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Below(Ours[int]):
    third: str = "c"


@pytest.mark.parametrize("given", [((1,), {}), ((1, 2), {}), ((1,), {"many": [1]}), ((), {"first": 1, "second": 9})])
def test_made_shown_and_compared_alike(given: tuple[tuple[int, ...], dict[str, object]]) -> None:
    words, named = given
    ours, theirs = Ours(*words, **named), Theirs(*words, **named)  # type: ignore[arg-type]
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert ours == Ours(*words, **named)  # type: ignore[arg-type]
    assert ours != replace(ours, second=100)
    assert ours != theirs
    assert dataclasses.replace(ours, second=5) == replace(ours, second=5)
    assert pickle.loads(pickle.dumps(ours)) == copy.deepcopy(ours) == copy.copy(ours) == ours


@pytest.mark.parametrize("words", [(), (1, 2, 3, [], 5)])
def test_wrong_calls_are_type_errors(words: tuple[object, ...]) -> None:
    for made in (Ours, Theirs):
        with pytest.raises(TypeError):
            made(*words)
        with pytest.raises(TypeError):
            made(1, first=2)
        with pytest.raises(TypeError):
            made(1, nothing=2)


def test_to_the_standard_library_they_are_data_classes() -> None:
    assert dataclasses.is_dataclass(Ours)
    assert [each.name for each in dataclasses.fields(Ours)] == [each.name for each in dataclasses.fields(Theirs)]
    assert str(inspect.signature(Open)) == "(name: str, count: int = 0) -> None"

    @dataclasses.dataclass(frozen=True)
    class Standard(Ours[int]):
        more: int = 1

    assert Standard(1, 2, 3, [], 4).more == 4


def test_frozen_and_hashed() -> None:
    value = Below(1, many=[])
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.third = "d"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del value.third
    assert (value.third, value.twice, value.kind) == ("c", 6, "x")
    assert not hasattr(value, "__dict__")
    assert hash(Open.__hash__) == hash(None)
    thing = Open("a")
    thing.count += 1
    assert thing == Open("a", 1)


def test_factories_make_one_each() -> None:
    one, other = Ours(1), Ours(1)
    one.many.append(1)
    assert other.many == []


def test_patterns_match_by_place_and_by_name() -> None:
    match Ours(1, 2):
        case Ours(first, second=2):
            assert first == 1
        case _:
            raise AssertionError
