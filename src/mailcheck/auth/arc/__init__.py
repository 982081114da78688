"""Authenticated Received Chain (RFC 8617): verified through dkimpy, behind guards of our own."""
