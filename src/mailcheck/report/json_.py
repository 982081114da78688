"""The contract's JSON: one object, keys as published in data/report.schema.json."""

from mailcheck.model.report import Report
from mailcheck.report.ascii_json import dump
from mailcheck.report.jsonable import head, subject
from mailcheck.report.options import RenderOptions


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001  every writer has this form
    """Values are exact, not made printable: machines read them, and ASCII keeps them off the screen."""
    return dump(head(report) | {"subjects": [subject(each) for each in report.subjects]}, indent=1) + "\n"
