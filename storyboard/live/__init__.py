"""Open pages hear that something happened: a tail of the database, fanned out to readers.

What travels is a serial alone. The page then asks for what its viewer may see, so nothing here
decides about rights and nothing here is lost when a signal is: the next one says the same.
"""
