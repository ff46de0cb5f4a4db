"""The search port on both databases."""
