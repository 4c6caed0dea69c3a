"""People who help, defend and advise: how they are thanked, and only with their yes."""
