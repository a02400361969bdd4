"""Reader's process: one blueprint a room, thin."""
