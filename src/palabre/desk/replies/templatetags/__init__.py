"""Words of replies in templates."""
