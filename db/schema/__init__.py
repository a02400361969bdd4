"""The tables, how records stand in them, their migrations and their documentation."""
