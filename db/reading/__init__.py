"""Reader's process: the queries. `TraceStore` is a thin face over them."""
