"""One file a version: NNNN_what.py."""
