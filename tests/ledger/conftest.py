"""The `command` fixture."""

from cli.command import command

__all__ = ["command"]
