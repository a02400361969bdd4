"""Writer's process: writes batches of records, each in one transaction."""
