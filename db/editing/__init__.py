"""Reader's process: what people change: names, notes, comparisons, what is deleted."""
