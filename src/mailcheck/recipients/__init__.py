"""Recipients: addresses read, their domains asked for, lists judged row by row."""
