"""Reader's process: queries, each on a connection that it is given. See `store.TraceStore`."""
