"""Subjects: what they look like, what they claim, and what of it the mail supports."""
