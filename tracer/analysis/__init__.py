"""Pure functions from a recording to facts about it; no input or output happens here."""
