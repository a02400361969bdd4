"""Reader's process: the Flask application, its server, the live stream."""
