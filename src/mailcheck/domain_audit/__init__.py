"""A domain's published records judged: facts gathered by async code, rules that only read them."""
