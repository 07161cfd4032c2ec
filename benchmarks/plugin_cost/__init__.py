"""Programs, runs and bounds of the plugin's benchmark."""
