"""Style sheets through tinycss2, with places in the source. The only module over it."""
