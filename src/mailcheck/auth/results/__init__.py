"""Authentication-Results (RFC 8601): read whatever stands there, believe what our own receiver wrote, write ours."""
