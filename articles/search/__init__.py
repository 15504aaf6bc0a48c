"""The readers' search: words of any language, folded and stemmed, found in PostgreSQL's stored vectors.

folding.py makes one form of a word's many spellings, vectors.py what is stored of an article, words.py a
query of what a reader typed, matching.py chooses how to find the best, facets.py counts what narrows them,
highlighting.py marks the hits in the text as it was written, form.py puts the parts together.
"""
