"""Exceptions: for the caller's mistakes only. Everything about the world is data."""


class MailcheckError(Exception):
    """The root of every exception that mailcheck raises on purpose."""


class UsageError(MailcheckError):
    """The call itself is wrong: an unknown flag, a name that is no domain, options that exclude each other."""


class ConfigError(MailcheckError):
    """The configuration file is wrong; the message names file, line and remedy."""


class InputError(MailcheckError):
    """A file handed in cannot be used; the message names file, place and remedy."""
