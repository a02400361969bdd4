"""Why and why not: backwards from a question through what really happened. Pure."""
