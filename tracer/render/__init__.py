"""Records as text: facts, DOT, Mermaid. Pure."""
