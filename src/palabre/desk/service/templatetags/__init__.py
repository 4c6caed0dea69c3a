"""Tags of service."""
