"""The public suffix list (publicsuffixlist), loaded at the first call; unlisted suffixes fall under its rule `*`."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@cache
def _list() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=True)


def public_suffix(domain: str) -> str:
    """The public suffix of a domain; its last label where no rule says more."""
    return str(_list().publicsuffix(domain) or domain.rpartition(".")[2])


def is_public_suffix(domain: str) -> bool:
    """Whether the domain is itself a public suffix, under which strangers register names."""
    return public_suffix(domain) == domain


def registrable(domain: str) -> str | None:
    """The domain one label below its public suffix; None for a public suffix itself."""
    found = _list().privatesuffix(domain)
    return str(found) if found else None


def is_listed(domain: str) -> bool:
    """Whether the domain ends in a suffix that the list names, and is more than that suffix."""
    suffix = _list().publicsuffix(domain, accept_unknown=False)
    return suffix is not None and suffix != domain


@cache
def _icann() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False, only_icann=True)


def is_top_level(label: str) -> bool:
    """Whether the list knows this top-level domain (an A-label, in lower case)."""
    return _icann().publicsuffix(label) is not None


def is_registry_suffix(domain: str) -> bool:
    """Whether the domain itself is a suffix of the list's first part, that of the registries."""
    return _icann().publicsuffix(domain) == domain
