"""The sentences that the plugin prints."""
