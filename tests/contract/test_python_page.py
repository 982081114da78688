"""docs/python.md: its examples run, and it names every function, parameter and field."""

import dataclasses
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import mailcheck

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text("utf-8")


def test_the_examples_run_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {"__name__": "page"}
    for block in re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        exec(compile(block, "docs/python.md", "exec"), names)
    told = capsys.readouterr().out
    assert "include:_spf.esp.example" in told
    assert "news.example.com ()" in told


@pytest.mark.parametrize("result", [mailcheck.SpfResult, mailcheck.DmarcResult, mailcheck.AddressResult])
def test_every_field_is_told(result: type) -> None:
    table = PAGE.partition(f"| field of {result.__name__} |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [field.name for field in dataclasses.fields(result)]


def test_every_function_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE.partition("| function |")[2].partition("\n\n")[0]))
    assert told == {name for name in mailcheck.__all__ if inspect.isfunction(getattr(mailcheck, name))}


def test_every_parameter_of_audit_is_told() -> None:
    match = re.search(r"`mailcheck\.audit\(([^)]*)\)`", PAGE)
    assert match
    assert [each.strip() for each in match[1].split(",") if each.strip() != "*"] == list(
        inspect.signature(mailcheck.audit).parameters
    )
