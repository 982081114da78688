"""The command: a router, and one module a verb."""
