"""Methods, signatures and types that are created from the index at run time."""
