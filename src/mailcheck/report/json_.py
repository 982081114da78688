"""The contract's JSON: one object, keys as published in data/report.schema.json."""

import json

from mailcheck.model.report import Report
from mailcheck.report.jsonable import head, subject
from mailcheck.report.options import RenderOptions


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001  every writer has this form
    """ASCII only, so that no octet of a stranger's reaches a terminal unescaped."""
    return json.dumps(head(report) | {"subjects": [subject(each) for each in report.subjects]}, indent=1) + "\n"
