"""Speed and memory, side by side with what one would pick instead, in one run, as ratios."""
