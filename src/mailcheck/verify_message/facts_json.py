"""The `facts` of a verified message, under documented keys (docs/json.md)."""

import base64
from typing import Any

from mailcheck.auth.dkim.verify import DkimResult
from mailcheck.auth.spf.result import Step
from mailcheck.verify_message.forgery import openings
from mailcheck.verify_message.our_results import results_line
from mailcheck.verify_message.receivers import receivers
from mailcheck.verify_message.view import Diagnosis, VerifiedMessage

MAX_STEPS = 200
"""Steps of an SPF evaluation that are written out."""


def facts_json(view: VerifiedMessage) -> dict[str, Any]:
    """JSON-ready facts. An absent thing is None, an undetermined one `{"unknown": reason}`."""
    reason = view.no_message or view.message.cut
    if reason:
        unknown = {"unknown": reason}
        return {"spf": unknown, "dkim": unknown, "dmarc": unknown, "arc": unknown, "authentication_results": None}
    return {
        "spf": _spf(view),
        "dkim": [_signature(view, number, result) for number, result in enumerate(view.dkim)],
        "dkim2_signatures": len(view.dkim2),
        "dmarc": _dmarc(view),
        "arc": _arc(view),
        "authentication_results": results_line(view),
        "author": {
            "domain": view.author.domain,
            "addresses": [each.written for each in view.author.addresses],
            "problem": view.author.problem,
        },
        "envelope": {
            "ip": view.envelope.ip,
            "helo": view.envelope.helo or None,
            "mail_from": view.envelope.mail_from,
            "source": view.envelope.source,
            "received_at": view.envelope.received_at,
        },
        "judged_at": view.judged_at,
        "receivers": [
            {"receiver": each.receiver, "result": each.word, "code": each.code, "reason": each.reason}
            for each in receivers(view)
        ],
        "forgery": [{"kind": each.kind, "detail": each.detail} for each in openings(view)],
        "receiver_results": [
            {
                "authserv_id": each.results.authserv_id,
                "trusted": each.trusted,
                "results": [
                    {"method": one.method, "result": one.result, "sound": one.sound} for one in each.results.results
                ],
            }
            for each in view.results
        ],
    }


def _spf(view: VerifiedMessage) -> Any:
    spf = view.spf
    if spf is None:
        return None
    if spf.result == "temperror":
        return {"unknown": spf.reason}
    return {
        "result": spf.result,
        "reason": spf.reason,
        "ip": view.envelope.ip,
        "helo": view.envelope.helo or None,
        "domain": spf.domain,
        "identity": spf.identity,
        "matched": spf.matched,
        "explanation": spf.explanation,
        "lookups": spf.lookups,
        "void_lookups": spf.void_lookups,
        "assumed": view.envelope.assumed,
        "second_opinion": view.spf_second.result if view.spf_second else None,
        "trace": [_step(step) for step in spf.trace[:MAX_STEPS]],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "depth": step.depth,
        "domain": step.domain,
        "term": step.term,
        "target": step.target,
        "outcome": step.outcome,
        "note": step.note,
        "addresses": list(step.addresses[:20]),
        "lookups": step.lookups,
        "void_lookups": step.void_lookups,
    }


def _signature(view: VerifiedMessage, number: int, result: DkimResult) -> dict[str, Any]:
    signature = result.signature
    diagnosis = view.diagnoses.get(number, Diagnosis())
    second = view.dkim_second.get(number)
    key = result.key.key if result.key else None
    return {
        "result": result.result,
        "reason": result.reason,
        "detail": result.detail,
        "domain": signature.domain,
        "selector": signature.selector,
        "identity": signature.identity,
        "algorithm": signature.algorithm or None,
        "canonicalization": f"{signature.header_canon}/{signature.body_canon}",
        "signed_fields": list(signature.names),
        "body_length": signature.length,
        "unsigned_octets": result.unsigned_octets,
        "timestamp": signature.timestamp,
        "expires": signature.expiry,
        "key_bits": key.bits if key else None,
        "testing": result.testing,
        "aligned": view.aligned(result),
        "body_hash": _base64(signature.body_hash),
        "computed_body_hash": _base64(result.computed_body_hash),
        "body_matches": result.body_matches,
        "header_matches": result.header_matches,
        "causes": [
            {"kind": each.kind, "detail": each.detail, "offset": each.start, "end_offset": each.end}
            for each in diagnosis.causes
        ],
        "second_opinion": second.valid if second else None,
    }


def _base64(octets: bytes | None) -> str | None:
    return None if octets is None else base64.b64encode(octets).decode("ascii")


def _dmarc(view: VerifiedMessage) -> Any:
    dmarc = view.dmarc
    if dmarc is None:
        return None
    if dmarc.result == "temperror":
        return {"unknown": dmarc.reason}
    return {
        "result": dmarc.result,
        "reason": dmarc.reason,
        "author_domain": view.author.domain,
        "policy": dmarc.policy,
        "policy_tag": dmarc.policy_tag,
        "disposition": dmarc.disposition,
        "policy_domain": dmarc.policy_domain,
        "organizational_domain": dmarc.organizational_domain,
        "spf_aligned": dmarc.spf_aligned,
        "dkim_aligned": dmarc.dkim_aligned,
        "testing": dmarc.testing,
        "walk": [
            {"question": f"_dmarc.{step.domain} TXT", "record": step.found[0] if step.found else None,
             "records": len(step.found)}
            for step in dmarc.walk.steps
        ],
    }  # fmt: skip


def _arc(view: VerifiedMessage) -> Any:
    arc = view.arc
    if arc.result == "unknown":
        return {"unknown": arc.reason}
    return {
        "result": arc.result,
        "reason": arc.reason,
        "oldest_pass": arc.oldest_pass,
        "sets": [
            {
                "instance": each.number,
                "domain": each.domain,
                "chain_status": each.chain_status,
                "signature_valid": each.signature_valid,
                "seal_valid": each.seal_valid,
            }
            for each in arc.instances
        ],
    }
