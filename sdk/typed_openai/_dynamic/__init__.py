"""Methods, signatures and types made from the index at run time."""
