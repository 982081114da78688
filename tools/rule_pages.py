"""Write docs/rules/ from the rules' docstrings (a test keeps them equal).

python tools/rule_pages.py
"""

from pathlib import Path

from mailcheck.cli.rule_page import as_markdown
from mailcheck.model import registry

FOLDER = Path(__file__).parent.parent / "docs" / "rules"


def generated() -> dict[str, str]:
    """File name -> text."""
    pages = {f"{entry.code}.md": as_markdown(entry).rstrip() + "\n" for entry in registry.entries()}
    lines = ["# Rules", "", "What `mailcheck explain CODE` prints, as pages.", ""]
    for family in registry.families():
        lines += [f"## {family}", "", "| code | name | severity | what it finds |", "| --- | --- | --- | --- |"]
        for entry in registry.matching(family):
            summary = entry.summary.replace("|", "\\|")
            lines.append(f"| [{entry.code}]({entry.code}.md) | {entry.name} | {entry.severity} | {summary} |")
        lines.append("")
    return pages | {"README.md": "\n".join(lines).rstrip() + "\n"}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = generated()
    for old in FOLDER.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, "utf-8")
    print(f"{FOLDER}: {len(pages)} pages")
