"""Make data/recipients/disposable.txt, the domains of throw-away addresses, from the package disposable-email-domains.

    pip install disposable-email-domains && python tools/disposable_domains.py

The list is shipped as a file, since the core has no room for another distribution (decision 0008).
"""

import datetime
from importlib.metadata import version
from pathlib import Path

from disposable_email_domains import blocklist

TARGET = Path(__file__).parent.parent / "src" / "mailcheck" / "data" / "recipients" / "disposable.txt"

if __name__ == "__main__":
    today = datetime.datetime.now(datetime.UTC).date()
    head = (
        "# Domains of throw-away addresses.\n"
        f"# Source: disposable-email-domains {version('disposable-email-domains')} (MIT), kept by hand.\n"
        f"# Date: {today}\n"
    )
    TARGET.write_text(head + "\n".join(sorted(blocklist)) + "\n", "utf-8")
    print(f"{TARGET}: {len(blocklist)} domains")
