"""`docs/schema.md` from the catalogue of a migrated database: `python -m tools.schema [--check]`."""
