"""Palabre hears what is said in public about an organisation, makes it understood, and helps its people answer."""
