"""Values, dict displays and arguments as far as they are known before the program runs."""
