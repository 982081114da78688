"""The RCP rules: one function each, whose docstring is its page."""
