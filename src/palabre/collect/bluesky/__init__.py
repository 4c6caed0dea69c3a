"""Bluesky and the AT Protocol: Jetstream, the repository firehose, search."""
