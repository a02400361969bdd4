"""Reader's process: recordings out of one database and into another, also from strangers."""
