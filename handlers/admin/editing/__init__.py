"""Editing a signal in chat: its words, its place, and what it was before."""
