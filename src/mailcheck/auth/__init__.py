"""Evaluation by the standards: the SPF term walker and the DMARC tree walk."""
