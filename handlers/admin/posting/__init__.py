"""Posts: an editor's own words or a link, looked at as readers will see it, then published."""
