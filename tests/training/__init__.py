"""Training of the small models in the repository (needs the extra `dev` and the corpora)."""
