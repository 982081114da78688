"""DKIM signatures verified (RFC 6376, RFC 8301, RFC 8463): canonical form, key, signature, and why it is so."""
