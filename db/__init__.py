"""Keeps recordings: tables, migrations, the step codec, and one `TraceStore`; no HTTP, no views."""
