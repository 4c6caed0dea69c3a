"""Reddit, with one's own approved key."""
