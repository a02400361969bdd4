"""App's process: takes records and hands them to the writer's process. Never SQLAlchemy."""
