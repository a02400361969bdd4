"""Reader's process: what people change: names, notes, what is deleted."""
