"""Mistakes that types cannot express."""
