"""Work that survives the end of its process: locked logs of its steps."""
