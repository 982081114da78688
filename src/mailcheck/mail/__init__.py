"""Octets -> message: header fields, MIME parts and addresses with their places. Never raises, imports no `email`."""
