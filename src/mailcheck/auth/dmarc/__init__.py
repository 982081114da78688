"""DMARC (RFC 9989): the tree walk, the organizational domain, the policy that applies."""
