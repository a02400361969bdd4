"""What a view shows, as plain data. Those that read a store take it as an argument."""
