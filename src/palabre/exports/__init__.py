"""Posts as files for other tools: what leaves the house, under which names, in which format.

masks     authors under stable pseudonyms
columns   a post as a row
writers   rows as CSV, XLSX, Parquet, NDJSON
leaving   a question put to the archive, counted, then written
"""
