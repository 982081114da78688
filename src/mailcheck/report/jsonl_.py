"""JSON Lines: one subject a line, each with the keys of the report around it."""

from mailcheck.model.report import Report
from mailcheck.report.ascii_json import dump
from mailcheck.report.jsonable import head, subject
from mailcheck.report.options import RenderOptions


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001  every writer has this form
    """One line a subject."""
    above = {key: value for key, value in head(report).items() if key != "summary"}
    return "".join(dump(above | subject(each)) + "\n" for each in report.subjects)
