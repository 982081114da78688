"""Text in, typed record out: a span for every term, every problem reported, nothing raised on any input."""
