"""Architecture 4.4: the Python names and their signatures, `mailcheck` and `mailcheck.aio` alike."""

import dataclasses
import enum
import inspect
import subprocess
import sys
import types
from typing import Any

import mailcheck
from contract.snapshot import same
from mailcheck import aio


def described(thing: Any) -> Any:
    """A function as its parameters; a class as its bases, what makes one, fields, members and public methods.

    Annotations are left out: how Python writes them changes from version to version, and mypy watches them.
    """
    if not inspect.isclass(thing):
        return parameters(thing) if callable(thing) else type(thing).__name__
    found: dict[str, Any] = {"bases": [base.__name__ for base in thing.__bases__]}
    if issubclass(thing, enum.Enum):
        found["members"] = {member.name: member.value for member in thing}
    elif not issubclass(thing, Exception):
        found["call"] = parameters(thing)
    if dataclasses.is_dataclass(thing):
        found["fields"] = [field.name for field in dataclasses.fields(thing)]
    for name, each in sorted(vars(thing).items()):
        if isinstance(each, property):
            found[name] = "property"
        elif not name.startswith("_") and isinstance(each, (types.FunctionType, classmethod, staticmethod)):
            found[name] = parameters(getattr(thing, name))
    return found


def parameters(call: Any) -> str:
    """The names, kinds and defaults of a call's parameters."""
    signature = inspect.signature(call)
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    return str(inspect.Signature(bare))


def test_public_names() -> None:
    """4.4: what `from mailcheck import …` offers."""
    assert same("python", {name: described(getattr(mailcheck, name)) for name in sorted(mailcheck.__all__)})
    assert sorted(dir(mailcheck)) == sorted(mailcheck.__all__)


def test_the_async_names_are_the_same() -> None:
    """4.4: `mailcheck.aio` has the same functions with the same parameters, async."""
    functions = [name for name in mailcheck.__all__ if inspect.isfunction(getattr(mailcheck, name))]
    assert functions
    for name in functions:
        assert inspect.iscoroutinefunction(getattr(aio, name))
        assert inspect.signature(getattr(aio, name)) == inspect.signature(getattr(mailcheck, name))


def test_importing_the_package_does_nothing() -> None:
    """4.4: names are resolved when they are first used."""
    code = "import sys, mailcheck; print([name for name in sys.modules if name.startswith('mailcheck.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_exceptions_have_one_root() -> None:
    """4.4: exceptions are for the caller's mistakes only, and all are MailcheckErrors."""
    for name in ("UsageError", "ConfigError", "InputError"):
        assert issubclass(getattr(mailcheck, name), mailcheck.MailcheckError)
