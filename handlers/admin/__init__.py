"""What editors may do in chat."""
