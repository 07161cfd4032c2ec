"""Static knowledge of values, dict displays and arguments."""
