"""Check JSON values against the model's schemas."""
