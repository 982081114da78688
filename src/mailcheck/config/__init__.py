"""Configuration: found nearest upward, checked against a schema, every value with its origin."""
