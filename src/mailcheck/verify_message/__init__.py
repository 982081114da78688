"""One message judged: gather (async) -> VerifiedMessage (frozen) -> rules (pure) -> a subject's report."""
