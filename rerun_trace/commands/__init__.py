"""One file a command: each turns options into calls of the parts and prints what they return."""
