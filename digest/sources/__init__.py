"""One adapter per kind of source, the rules of polling, and the catalog."""
