"""Made from the documents' forms: JSON Schema files, TypeScript types, the tables in docs/."""
