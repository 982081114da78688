"""checkdmarc as a whole process, pointed at a name server on a port of its own.

    python run_checkdmarc.py PORT whole|same DOMAIN

Its command takes name servers on port 53 only; its Python interface takes them with a port. What follows is what its
command does otherwise: `whole` is `check_domains` without BIMI, `same` the three families that mailcheck judges.
"""

import sys

import dns.nameserver
from checkdmarc import check_domains, results_to_json
from checkdmarc.dmarc import check_dmarc
from checkdmarc.smtp import check_mx
from checkdmarc.spf import check_spf


def main() -> None:
    """Check the domain and print the results as JSON."""
    port, work, domain = sys.argv[1:]
    servers = [dns.nameserver.Do53Nameserver("127.0.0.1", int(port))]
    if work == "whole":
        results = check_domains([domain], nameservers=servers, bimi_selector=None)
    else:
        results = {check.__name__: check(domain, nameservers=servers) for check in (check_mx, check_spf, check_dmarc)}
    sys.stdout.write(results_to_json(results) + "\n")


if __name__ == "__main__":
    main()
