"""One file a subject: reading this machine, without administrator rights, and parsing what was read.

Each file has `probe(context) -> Probed[...]`. Reading and parsing are two functions; parsing takes text.
"""
