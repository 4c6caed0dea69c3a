"""Persons: one human or organisation behind accounts. Only the desk knows them."""
