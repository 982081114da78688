"""Writers: one module a format. They know `model` only."""

from importlib import import_module
from typing import Protocol

from mailcheck.model.report import Report
from mailcheck.report.options import RenderOptions

FORMATS = (
    "terminal", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "csv",
)  # fmt: skip
"""The formats offered by --format and --report."""


__all__ = ["FORMATS", "RenderOptions", "Writer", "render"]


class Writer(Protocol):
    """A module of this package."""

    def render(self, report: Report, options: RenderOptions) -> str:
        """The whole report as text."""
        ...


def render(name: str, report: Report, options: RenderOptions) -> str:
    """The report in the named format; only that writer is imported."""
    writer: Writer = import_module(f"mailcheck.report.{name}_")
    return writer.render(report, options)
