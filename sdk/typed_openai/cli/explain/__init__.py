"""The implementation of ``typed-openai explain``.

``command`` reads the command line, ``finding`` resolves names, ``describing`` creates pages, ``pages``
prints them, ``searching`` searches words, and ``examples`` creates example calls. Completion imports only
``finding``.
"""
