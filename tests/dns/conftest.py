"""The tests of DNS over HTTPS need the extra `doh`; without it they are not collected."""

import dns.query

collect_ignore = [] if dns.query.have_doh else ["test_live_https.py"]
