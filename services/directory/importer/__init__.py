"""The import of files, from their text to the entities that change. Pure: `changes` is its only door to the rest of the service.

`formats` says what may stand in the files, `cells` how one cell is read, `csv_reader` makes `rows` of them; one module for each
kind makes whole entities of the rows, `checks` looks at what refers to what, and every fault is named with its place.
"""
