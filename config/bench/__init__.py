"""`make bench`: what our pages cost beside plain Django views of the same rows, on one machine in one run.

Nothing else imports this package: a server never loads it.
"""
