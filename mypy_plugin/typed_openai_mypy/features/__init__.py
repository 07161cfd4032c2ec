"""One file for each kind of code that is explained, each with its table of rules or anchors."""
