"""The lists of facts are dated, whole, and agree with each other."""

import datetime

from mailcheck.data import recipients_facts as known
from mailcheck.recipients.domain_name import read_domain


def test_every_list_has_a_date() -> None:
    assert set(known.dates()) == {"mailboxes", "providers", "roles", "signs", "disposable"}
    assert all(datetime.date.fromisoformat(date) for date in known.dates().values())


def test_names_are_as_the_dns_has_them() -> None:
    names = {*known.free_providers(), *known.popular(), *known.mailboxes(), *known.look_alikes()}
    assert [name for name in sorted(names) if read_domain(name).ascii != name] == []
    assert [name for name in known.disposable() if name != name.lower().strip()] == []


def test_common_domains_are_providers_and_no_look_alikes() -> None:
    assert set(known.popular()) <= known.free_providers()
    assert set(known.mailboxes()) <= known.free_providers()
    assert not set(known.popular()) & known.look_alikes()
    assert not known.free_providers() & known.disposable()


def test_domains_of_one_mailbox_are_those_of_its_service() -> None:
    for domain, service in known.mailboxes().items():
        assert all(known.mailboxes()[each] is service for each in service.same_mailbox), domain


def test_roles_do_not_overlap() -> None:
    refuse, role = known.roles()
    assert not refuse & role
