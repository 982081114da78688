"""The published JSON schema against what json and jsonl write, and the documentation against both."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import mailcheck
from mailcheck import aio
from mailcheck.report import RenderOptions, render
from report.sample import BROKEN, REPORT

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "src/mailcheck/data/report.schema.json").read_text("utf-8"))
DOCS = (ROOT / "docs/json.md").read_text("utf-8")
VALIDATOR = Draft202012Validator(SCHEMA)


def _definition(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", [REPORT, BROKEN], ids=["shop", "broken"])
def test_json_is_as_the_schema_says(report: mailcheck.Report) -> None:
    VALIDATOR.validate(json.loads(render("json", report, RenderOptions())))


def test_each_line_of_jsonl_is_as_the_schema_says() -> None:
    lines = render("jsonl", REPORT, RenderOptions()).splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["shop.example", "fine.example"]
    for line in lines:
        _definition("line").validate(json.loads(line))


LOCATIONS = [
    {"kind": "dns", "name": "example.com", "type": "TXT", "span": [7, 31]},
    {"kind": "dns", "name": "example.com", "type": "MX", "span": None},
    {
        "kind": "file",
        "path": "a.html",
        "line": 1,
        "column": 1,
        "end_line": 1,
        "end_column": 3,
        "offset": 0,
        "end_offset": 2,
    },
    {"kind": "message", "path": None, "part": "1.2", "field": None, "line": 3, "offset": 10, "end_offset": 20},
    {"kind": "row", "path": "list.csv", "row": 7, "column": "email"},
    {"kind": "event", "source": "events.jsonl", "id": "42", "key": None},
    {"kind": "config", "path": "mailcheck.toml", "key": "accept", "line": None},
]


@pytest.mark.parametrize("location", LOCATIONS, ids=lambda each: each["kind"])
def test_every_kind_of_location_is_described(location: dict[str, Any]) -> None:
    _definition("location").validate(location)


@pytest.mark.parametrize("location", LOCATIONS, ids=lambda each: each["kind"])
def test_a_location_with_a_key_more_or_less_is_refused(location: dict[str, Any]) -> None:
    for wrong in (location | {"extra": 1}, dict(list(location.items())[:-1]), location | {"kind": "place"}):
        with pytest.raises(ValidationError):
            _definition("location").validate(wrong)


def _objects(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if isinstance(value, dict) else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [each for key, item in items if key != "facts" for each in _objects(item, (*path, key))]


def test_no_object_outside_facts_takes_an_unknown_key() -> None:
    report = json.loads(render("json", REPORT, RenderOptions()))
    for path in _objects(report):
        changed = json.loads(json.dumps(report))
        target = changed
        for key in path:
            target = target[key]
        target["unheard_of"] = 1
        assert not VALIDATOR.is_valid(changed), f"{path} takes any key"


def test_every_property_of_the_schema_is_described() -> None:
    def lacking(value: Any, path: str) -> list[str]:
        if isinstance(value, list):
            return [each for item in value for each in lacking(item, path)]
        if not isinstance(value, dict):
            return []
        bare = [
            f"{path}.{key}"
            for key, item in value.get("properties", {}).items()
            if not {"description", "$ref"} & item.keys() and key != "kind"
        ]
        return bare + [each for key, item in value.items() for each in lacking(item, f"{path}.{key}")]

    assert lacking(SCHEMA, "") == []


def _keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return {key for item in value for key in _keys(item)}
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in _keys(item)}
    return set()


def test_the_documentation_names_every_key_of_the_schema() -> None:
    def properties(value: Any) -> set[str]:
        if isinstance(value, list):
            return {key for item in value for key in properties(item)}
        if isinstance(value, dict):
            own = set(value["properties"]) if isinstance(value.get("properties"), dict) else set()
            return own | {key for item in value.values() for key in properties(item)}
        return set()

    assert {key for key in properties(SCHEMA) if f"`{key}`" not in DOCS} == set()


def test_the_documentation_names_every_fact_of_an_audit() -> None:
    answers = {
        "shop.example": {"TXT": ["v=spf1 include:_spf.mail.example mx -all"], "MX": ["10 mx.shop.example."]},
        "_spf.mail.example": {"TXT": ["v=spf1 ip4:192.0.2.0/24 ~all"]},
        "mx.shop.example": {"A": ["192.0.2.1"]},
        "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject"]},
        "sel._domainkey.shop.example": {"TXT": ["v=DKIM1; p="]},
    }
    resolver = mailcheck.StaticResolver(answers)
    report = asyncio.run(aio.audit("shop.example", resolver=resolver, selectors=("sel",)))
    facts = report.subjects[0].facts
    owners = set(facts["dkim"])
    assert {"sel._domainkey.shop.example"} <= owners
    documented = {word for span in re.findall(r"`([^`]+)`", DOCS) for word in re.split(r"[.*]+", span)}
    assert _keys(facts) - owners - documented == set()


def test_an_audit_of_a_domain_that_cannot_be_asked_is_as_the_schema_says() -> None:
    resolver = mailcheck.StaticResolver({"shop.example": {"TXT": "SERVFAIL", "MX": "TIMEOUT"}})
    report = asyncio.run(aio.audit("shop.example", resolver=resolver))
    data = json.loads(render("json", report, RenderOptions()))
    VALIDATOR.validate(data)
    assert set(data["subjects"][0]["facts"]["mx"]) == {"unknown"}
