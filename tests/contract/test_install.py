"""Architecture 4.4: the core installation is at most 16 distributions and 30 MB, and needs no compiler.

Read from what is installed here; the requirements of the extras do not count.
"""

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MOST_DISTRIBUTIONS = 16
MOST_OCTETS = 30_000_000


def name_of(requirement: str) -> str:
    """The name in a requirement, as distributions are compared (PEP 503)."""
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def required(name: str) -> set[str]:
    """What a distribution requires without its extras."""
    return {name_of(each) for each in metadata.requires(name) or () if "extra ==" not in each.partition(";")[2]}


def closure() -> set[str]:
    """The distributions of the core installation, our own included; those for other systems are not installed."""
    found: set[str] = set()
    waiting = {"mailcheck-cli"}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= {each for each in required(name) if each not in found and _installed(each)}
    return found


def _installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def octets(name: str) -> int:
    """The size of a distribution's files, without what Python compiles from them; ours is counted in the source, since
    it may be installed as a link to it."""
    if name == "mailcheck-cli":
        paths = list((ROOT / "src").rglob("*"))
    else:
        paths = [Path(str(file.locate())) for file in metadata.files(name) or ()]
    return sum(path.stat().st_size for path in paths if path.suffix != ".pyc" and path.is_file())


def test_installed_is_what_the_project_declares() -> None:
    assert required("mailcheck-cli") == {name_of(each) for each in PROJECT["dependencies"]}
    assert required("mailcheck-cli") <= closure()


def test_number_of_distributions() -> None:
    assert len(closure()) <= MOST_DISTRIBUTIONS


def test_size_on_disk() -> None:
    sizes = {name: octets(name) for name in closure()}
    assert all(sizes.values()), "every distribution lists its files"
    assert sum(sizes.values()) <= MOST_OCTETS


def test_no_compiler_is_needed() -> None:
    """Each came as a wheel that an index offers; one built on this machine is tagged with its own platform."""
    for name in closure() - {"mailcheck-cli"}:
        wheel = metadata.distribution(name).read_text("WHEEL") or ""
        tags = re.findall(r"^Tag: (.+)$", wheel, re.MULTILINE)
        assert tags, name
        assert all(tag.endswith("-any") or "manylinux" in tag or "macosx" in tag or "win" in tag for tag in tags), name


def test_what_the_wheel_takes_along() -> None:
    """Typed, and with its data: rules, providers, the schema of the report."""
    package = ROOT / "src" / "mailcheck"
    assert (package / "py.typed").is_file()
    assert (package / "data" / "rules.json").is_file()
    assert (package / "data" / "providers.json").is_file()
    assert PROJECT["scripts"] == {"mailcheck": "mailcheck.cli.main:run", "mailcheck-cli": "mailcheck.cli.main:run"}
    assert PROJECT["requires-python"] == ">=3.11"
