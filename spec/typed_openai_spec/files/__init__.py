"""The files of a description: reading, patching, canonical form and provenance."""
