"""turbohtml's tokenizer without the rest of turbohtml.

The package imports all that it can do (converters, extractors, minifiers) with some fifty modules, and that takes a
quarter of the time in which one template is judged. The tokenizer is whole in its compiled core, which is loaded alone
here; wherever that is not possible, the public name serves.
"""

import sys
from functools import cache
from importlib.machinery import PathFinder
from typing import Any

_PACKAGE, _CORE = "turbohtml", "_html"


@cache
def tokenizer() -> Any:
    """The function `turbohtml.tokenize`."""
    core = None if _PACKAGE in sys.modules else _core()
    if core is not None:
        return core.tokenize
    from turbohtml import tokenize

    return tokenize


def _core() -> Any:
    """The compiled core as a module of its own, which no other import sees; None where it is not as expected."""
    package = PathFinder.find_spec(_PACKAGE)
    folders = package.submodule_search_locations if package is not None else None
    spec = PathFinder.find_spec(_CORE, list(folders)) if folders else None
    if spec is None or spec.loader is None:
        return None
    spec.name = f"{_PACKAGE}.{_CORE}"
    try:
        core = spec.loader.create_module(spec)
        if core is None:
            return None
        spec.loader.exec_module(core)
    except ImportError:
        return None
    return core if hasattr(core, "tokenize") else None
