"""Reader's process: the documents' forms, once. Schemas, types and tables are made from them."""
