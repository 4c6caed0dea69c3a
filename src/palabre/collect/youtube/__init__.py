"""YouTube: comments, videos and channels, by API key."""
