"""The outbox: what leaves the house, once and only once."""
