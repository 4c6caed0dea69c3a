"""Tags of Understand."""
