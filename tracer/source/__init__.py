"""The one place that parses users' files: statements, scopes, names. Pure."""
