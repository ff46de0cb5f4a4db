"""From an article to its 核心信息, by rules."""
