"""All messages that the plugin prints.

There is one small function for each message, in a module for what it is about. :mod:`.fragments` and
:mod:`.type_names` have their parts. No message depends on the order of a set or of a TypedDict's keys.
"""
