"""What ``typed-openai explain`` is made of.

Rooms: ``command`` reads the command line, ``finding`` tells what a name means, ``describing`` makes a page
of it, ``pages`` prints one, ``searching`` finds words, ``examples`` makes up calls. Completion reads
``finding`` alone.
"""
