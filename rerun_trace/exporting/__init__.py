"""What of recordings goes into a file that is handed on: a module for each kind of file."""
