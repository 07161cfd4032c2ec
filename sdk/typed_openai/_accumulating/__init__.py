"""The reply that the events of a stream make up. Pure values in, pure values out: nothing here reads."""
