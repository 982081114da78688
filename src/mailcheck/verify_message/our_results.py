"""Our own Authentication-Results field (RFC 8601)."""

from mailcheck.auth.results.field import MethodResult, Property
from mailcheck.auth.results.writing import write_results
from mailcheck.verify_message.view import VerifiedMessage


def method_results(view: VerifiedMessage) -> list[MethodResult]:
    """One result for each method and signature; a method that was not asked is left out."""
    found = []
    if view.spf is not None:
        name = "mailfrom" if view.spf.identity == "mailfrom" else "helo"
        found.append(MethodResult("spf", view.spf.result, (Property("smtp", name, view.spf.domain),)))
    for result in view.dkim:
        signature = result.signature
        properties = [Property("header", "d", signature.domain)] if signature.domain else []
        if signature.selector:
            properties.append(Property("header", "s", signature.selector))
        if signature.algorithm:
            properties.append(Property("header", "a", signature.algorithm))
        tag = signature.tags.value("b")
        if tag:
            # RFC 6008: enough of b= to tell signatures of one domain apart.
            properties.append(Property("header", "b", "".join(tag.split())[:8]))
        reason = None if result.result == "pass" else result.detail[:150]
        found.append(MethodResult("dkim", result.result, tuple(properties), reason))
    if not view.dkim and view.message.fields:
        found.append(MethodResult("dkim", "none"))
    if view.arc.result in {"pass", "fail"}:
        oldest = view.arc.oldest_pass
        properties = [] if oldest is None else [Property("header", "oldest-pass", str(oldest))]
        found.append(MethodResult("arc", view.arc.result, tuple(properties)))
    if view.dmarc is not None and view.author.domain is not None:
        found.append(MethodResult("dmarc", view.dmarc.result, (Property("header", "from", view.author.domain),)))
    return found


def results_line(view: VerifiedMessage) -> str:
    """The field on one line."""
    return write_results(view.authserv_id, method_results(view), line_end="").replace("\t", " ")
