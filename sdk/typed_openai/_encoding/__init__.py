"""Python values as text and bytes: JSON, URLs, headers, forms and files."""
