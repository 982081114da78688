"""The Resolver port and its kinds: live, zone files, overlay, record and replay."""
