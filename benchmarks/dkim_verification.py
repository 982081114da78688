"""DKIM verification beside dkimpy: the same messages, the same keys from memory, in turn, in one process.

    python benchmarks/dkim_verification.py [--runs N] [--write]

The messages have the header of a newsletter as it arrives (nineteen fields, eleven of them signed), and a body of 4 KiB
or 200 KiB: HTML as quoted-printable, as most bulk mail is sent, or plain text with runs of blanks in every second line,
which costs the relaxed form most. Both implementations get the message as octets and read it anew each time; the key
record comes from memory, and neither asks the DNS. mailcheck keeps the parsed key. Every figure is processor time.
"""

import argparse
import gc
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import dkim
from figures import Figure, table, write_readme

from mailcheck.auth.dkim.key_answer import KeyAnswer, read_answer
from mailcheck.auth.dkim.verify import Verifier
from mailcheck.dns.port import known
from mailcheck.dns.rdata import Text
from mailcheck.dns.static import StaticResolver
from mailcheck.mail.message import read_message

sys.path.append(str(Path(__file__).parent.parent / "tests"))
LEAST = 0.3
"""Seconds that one turn fills with rounds."""
HEAD = (Path(__file__).parent / "newsletter_header.txt").read_bytes().replace(b"\n", b"\r\n") + b"\r\n"
NAMES = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
         "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post")  # fmt: skip
LINE = b'<tr><td style=3D"padding:0 10px">word and more words here in a line</td></tr>=\r\n'


def html(size: int) -> bytes:
    """Quoted-printable lines."""
    return (LINE * (size // len(LINE) + 1))[:size]


def text(size: int) -> bytes:
    """Lines of words, with runs of blanks in about half of them."""
    chance = random.Random(1)
    found = b""
    while len(found) < size:
        words = (b"w" * chance.randint(1, 9) + b"  " * (chance.random() < 0.05) for _ in range(10))
        found += b" ".join(words) + b"\r\n"
    return found


def seconds(run: Callable[[], object]) -> float:
    """Processor time of one round."""
    rounds, start = 0, time.process_time()
    while (spent := time.process_time() - start) < LEAST:
        run()
        rounds += 1
    return spent / rounds


def compared(
    name: str, target: float | None, body: bytes, runs: int, form: str = "relaxed", kind: str = "rsa"
) -> Figure:
    """Our rate against dkimpy's for one message."""
    from signer import Signer, ed25519_key, rsa_key

    signer = Signer(key=rsa_key() if kind == "rsa" else ed25519_key(), header=form, body=form, names=NAMES)
    raw = signer.sign(HEAD + body)
    record = signer.record().encode()
    owner = "s1._domainkey.example.com"
    answers: dict[str, KeyAnswer] = {owner: read_answer(owner, known(owner, "TXT", (Text((record,)),)))}

    def ours() -> bool:
        return Verifier(read_message(raw)).verify(answers, 0)[0].result == "pass"

    def theirs() -> bool:
        return bool(dkim.verify(raw, dnsfunc=lambda *_, **__: record))

    if not (ours() and theirs()):
        raise SystemExit(f"{name}: the two do not agree that the signature is valid")
    pairs = []
    for _ in range(runs):
        gc.collect()
        pairs.append((seconds(ours), seconds(theirs)))
    ratio = statistics.median(other / own for own, other in pairs)
    own, other = (statistics.median(each) for each in zip(*pairs, strict=True))
    wanted = f">= {target:g} x" if target else "(for comparison)"
    told = f"{ratio:.1f} x ({1 / own:,.0f}/s against {1 / other:,.0f}/s)"
    return Figure(name, wanted, told, ratio >= target if target else None)


def figures(runs: int) -> Iterator[Figure]:
    """All lines of the table."""
    rsa = "DKIM, relaxed/relaxed, RSA-2048"
    yield compared(f"{rsa}, 4 KiB", 5, html(4096), runs)
    yield compared(f"{rsa}, 200 KiB", 8, html(200 * 1024), runs)
    yield compared(f"{rsa}, 4 KiB, runs of blanks", None, text(4096), runs)
    yield compared(f"{rsa}, 200 KiB, runs of blanks", None, text(200 * 1024), runs)
    simple = "DKIM, simple/simple, RSA-2048"
    yield compared(f"{simple}, 4 KiB", None, html(4096), runs, "simple")
    yield compared(f"{simple}, 200 KiB", None, html(200 * 1024), runs, "simple")
    yield compared("DKIM, relaxed/relaxed, Ed25519, 200 KiB", None, html(200 * 1024), runs, kind="ed25519")
    yield blanks()
    yield whole(runs)
    yield hostile()


def blanks() -> Figure:
    """A megabyte of blanks in the body."""
    raw = HEAD + b"a" + b" " * 1_000_000 + b"b\r\n"
    spent = min(seconds(lambda: Verifier(read_message(raw)).body_hash("relaxed")) for _ in range(3))
    return Figure("body hash, 1 MB of blanks", "< 0.2 s", f"{spent:.3f} s", spent < 0.2)


def whole(runs: int) -> Figure:
    """`mailcheck.verify` of one good message: SPF, DKIM, DMARC, ARC and every rule."""
    import mailcheck
    from verify_message.scenario import clean_answers, scenario

    raw, resolver = scenario(()).raw, StaticResolver(clean_answers())

    def run() -> object:
        return mailcheck.verify(
            raw, ip="192.0.2.10", helo="mail.example.com", mail_from="b@example.com", resolver=resolver
        )

    run()
    spent = statistics.median(seconds(run) for _ in range(runs))
    return Figure("a good message, everything, second opinions too", "<= 0.2 s", f"{spent * 1000:.1f} ms", spent <= 0.2)


def hostile() -> Figure:
    """The slowest of the hostile messages of the tests."""
    import mailcheck
    from verify_message.hostile import files
    from verify_message.scenario import clean_answers

    resolver = StaticResolver(clean_answers())
    worst, name = 0.0, ""
    for each, raw in files():
        start = time.process_time()
        mailcheck.verify(raw, ip="192.0.2.10", helo="mail.example.com", mail_from="b@example.com", resolver=resolver)
        spent = time.process_time() - start
        if spent > worst:
            worst, name = spent, each
    return Figure("slowest hostile message", "<= 2 s", f"{worst:.2f} s ({name})", worst <= 2)


def main() -> int:
    """Exit code 0 where every target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    args = parser.parse_args()
    load = os.getloadavg()[0]
    found = []
    for each in figures(args.runs):
        print(each.line, flush=True)
        found.append(each)
    if args.write:
        write_readme("verify", table(found, load, f"dkimpy {version('dkimpy')}"))
    return int(any(each.ok is False for each in found))


if __name__ == "__main__":
    sys.exit(main())
