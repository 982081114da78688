"""Every regular expression that is compiled late is right, and behaves as one compiled at once."""

import pkgutil
import re
from importlib import import_module
from typing import Any

import pytest

import mailcheck
from mailcheck.model import pattern

MODULES = [each.name for each in pkgutil.walk_packages(mailcheck.__path__, "mailcheck.") if "__main__" not in each.name]


def late(value: Any) -> list[Any]:
    """The late expressions in a module's constant: itself, or those in a container."""
    if type(value).__name__ == "_Pattern":
        return [value]
    if isinstance(value, dict):
        return [each for item in value.values() for each in late(item)]
    if isinstance(value, (tuple, list)):
        return [each for item in value for each in late(item)]
    return []


def test_all_compile() -> None:
    found = [each for name in MODULES for value in vars(import_module(name)).values() for each in late(value)]
    assert len(found) > 150
    for each in found:
        assert isinstance(each.flags, int), each


def test_it_is_as_one_compiled_at_once() -> None:
    ours, theirs = pattern.regex("(?P<a>x+)", re.IGNORECASE), re.compile("(?P<a>x+)", re.IGNORECASE)
    assert ours.pattern == theirs.pattern
    assert ours.sub("-", "aXXb") == theirs.sub("-", "aXXb")
    assert ours.findall("xxaX") == theirs.findall("xxaX")
    assert (ours.flags, ours.groups, dict(ours.groupindex)) == (theirs.flags, theirs.groups, dict(theirs.groupindex))
    match = ours.search("aXXb", 1)
    assert match
    assert match["a"] == "XX"


def test_a_wrong_one_is_told_when_it_is_used() -> None:
    wrong = pattern.regex("(")
    with pytest.raises(re.error):
        wrong.match("x")
    with pytest.raises(AttributeError):
        _ = wrong.nothing
