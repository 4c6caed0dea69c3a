"""Dates where Django's own formats would mislead; everything else stays Django's."""
