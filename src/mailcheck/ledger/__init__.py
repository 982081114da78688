"""The ledger: what was claimed in which campaign, and until when. One JSON Lines file in the repository."""
