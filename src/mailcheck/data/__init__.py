"""Facts as data files, each with its source and date, and the modules that read them."""
