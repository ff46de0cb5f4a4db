"""Language, sentences, words and numbers."""
