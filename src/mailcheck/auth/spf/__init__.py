"""SPF (RFC 7208): macro expansion, the whole tree of a record, the addresses it lets in."""
