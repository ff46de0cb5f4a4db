"""Sources at the desk: adding, importing, looking after them."""
