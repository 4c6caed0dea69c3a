"""Matrix rooms, as far as one's own account may see them."""
