"""X (Twitter): the paid API v2, and everything its users keep on disk."""
