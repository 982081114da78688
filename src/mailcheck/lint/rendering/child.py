"""The child process: renders jobs from standard input under limits, one line of JSON each way.

    python -P -m mailcheck.lint.rendering.child

The first line holds the data. Each job has engine, text, html (whether values are escaped) and files (name -> text);
the answer has text, or error and perhaps line; `own` says that the template uses what only its own program has.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

MEMORY = 768 * 1024 * 1024
"""Octets of address space."""
SECONDS = 2
"""Seconds of CPU for one job."""
MAX_OUTPUT = 5 * 1024 * 1024
"""Characters of a rendered text."""
MAX_LOOPS = 100_000
"""Rounds of all loops of a Liquid template."""

Job = dict[str, Any]


class Failed(Exception):  # noqa: N818  what is wrong is the template
    """A template cannot be rendered; with its line where it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def main() -> int:
    """Read jobs until the input ends."""
    _limit_memory()
    data = json.loads(sys.stdin.readline())
    for line in sys.stdin:
        _limit_time()
        job = json.loads(line)
        try:
            answer: Job = {"text": ENGINES[job["engine"]](job, data)}
            if len(answer["text"]) > MAX_OUTPUT:
                answer = {"error": f"the rendered text has more than {MAX_OUTPUT:,} characters"}
        except Failed as error:
            own = _own(str(error), job["text"])
            answer = {"error": own or str(error), "line": error.line, "own": bool(own)}
        except ImportError as error:
            answer = {"missing": error.name or str(error)}
        except MemoryError:
            answer = {"error": f"it needs more than the {MEMORY // 1024 // 1024} MiB that are allowed"}
        except RecursionError:
            answer = {"error": "it includes or calls itself without end"}
        except Exception as error:  # noqa: BLE001  whatever an engine raises is the template's fault
            answer = {"error": f"{type(error).__name__}: {error}"[:500], "line": getattr(error, "lineno", None)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return 0


_OWN = re.compile(
    r"(?:[Nn]o|unknown) (filter|test) (?:named )?'([^']*)'|(?:unknown|unexpected) (tag) '(?!end|el)([^']*)'"
    r"|'(\w+)' is undefined"
)


def _own(error: str, text: str) -> str:
    """The filter, test, tag or function of the program around the templates that an engine does not know; else empty.

    The error says nothing about the template then: the program has what is missing here.
    """
    found = _OWN.search(error)
    if found is None:
        return ""
    if found[5]:
        called = re.search(rf"\b{found[5]}\s*\(", text)
        return f"the function “{found[5]}” is not known here" if called else ""
    return f"the {found[1] or found[3]} “{(found[2] or found[4])[:60]}” is not known here"


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        try:
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        except (OSError, ValueError):
            continue


def _limit_time() -> None:
    """The kernel ends the process when the job has used up its time; the one that asked starts another."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(time.process_time()) + SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _jinja(job: Job, data: Any) -> str:
    from jinja2 import DictLoader, StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({**job["files"], "": job["text"]}),
        undefined=StrictUndefined,
        autoescape=job["html"],
        keep_trailing_newline=True,
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    pieces, size = [], 0
    try:
        for piece in environment.get_template("").generate(**data):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_OUTPUT:
                break
    except TemplateSyntaxError as error:
        raise Failed(error.message or "the syntax is wrong", error.lineno if not error.name else None) from None
    except UndefinedError as error:
        raise Failed(f"{error.message} in the data", _line_of(error)) from None
    except SecurityError as error:
        raise Failed(f"the sandbox refuses it: {error.message}", _line_of(error)) from None
    except TemplateError as error:
        raise Failed(f"{type(error).__name__}: {error.message}", _line_of(error)) from None
    return "".join(pieces)


def _line_of(error: BaseException) -> int | None:
    """The line of the template in which it happened: the last frame of a template is in the traceback."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _liquid(job: Job, data: Any) -> str:
    from liquid import DictLoader, Environment, FalsyStrictUndefined
    from liquid.exceptions import LiquidError

    class Bounded(Environment):
        loop_iteration_limit = MAX_LOOPS
        output_stream_limit = MAX_OUTPUT
        context_depth_limit = 30

    # What is missing is an error where it is shown; a condition may ask for it, as shops' templates do.
    environment = Bounded(loader=DictLoader(job["files"]), undefined=FalsyStrictUndefined)
    try:
        return str(environment.from_string(job["text"]).render(**data))
    except LiquidError as error:
        token = getattr(error, "token", None)
        at = getattr(token, "start_index", None)
        line = job["text"].count("\n", 0, at) + 1 if isinstance(at, int) and at >= 0 else None
        raise Failed((str(error).splitlines() or [""])[0], line) from None


class _Partials(dict[str, str]):
    """Partials by name; one that is not there is an error, where Mustache itself would show nothing."""

    def get(self, key: str, default: Any = None) -> str:  # noqa: ARG002  the form of a dict
        if key not in self:
            raise Failed(f"the partial {key!r:.80} is not in the repository")
        return self[key]


@cache
def _strict_names() -> None:
    """A missing name is an error where it is shown; a section may ask for it (mustache(5): false values)."""
    from pystache.renderengine import RenderEngine

    shown = RenderEngine.fetch_string

    def fetch(engine: Any, context: Any, name: str) -> Any:
        context.get(name)
        return shown(engine, context, name)

    # The renderer makes its engine of this class; the process is ours alone.
    RenderEngine.fetch_string = fetch


def _mustache(job: Job, data: Any) -> str:
    import pystache
    from pystache.context import KeyNotFoundError

    _strict_names()
    renderer = pystache.Renderer(
        partials=_Partials(job["files"]), missing_tags="ignore", escape=None if job["html"] else lambda text: text
    )
    try:
        return str(renderer.render(job["text"], data))
    except KeyNotFoundError as error:
        raise Failed(f"{error.key!r} is not in the data") from None


def _mjml(job: Job, _data: Any) -> str:
    import mrml

    options = mrml.ParserOptions(include_loader=mrml.memory_loader(job["files"]))
    try:
        return str(mrml.to_html(job["text"], options).content)
    except OSError as error:
        raise Failed(str(error)) from None


ENGINES: dict[str, Callable[[Job, Any], str]] = {
    "jinja": _jinja,
    "liquid": _liquid,
    "mustache": _mustache,
    "mjml": _mjml,
}

if __name__ == "__main__":
    raise SystemExit(main())
