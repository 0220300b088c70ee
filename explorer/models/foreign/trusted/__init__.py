"""The only rooms in which a program that came with a file is run: after the user has said so for that very file.

`word` remembers what was agreed to, by hash. `look` says what is inside without running it. `seal` holds the bytes:
they are read once, hashed, and it is these very bytes that are run. What runs is written down as data (`traced`,
`written`), so that the model that is kept holds none of it.
"""
