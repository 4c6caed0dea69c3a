"""Replies: drafted, checked against what the house promises, approved, and handed to the outbox by a human."""
