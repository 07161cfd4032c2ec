"""Tools as functions: their descriptions, the calls in replies, and the loop that answers them."""
