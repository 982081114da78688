"""The rules of the audit, one module per family."""
