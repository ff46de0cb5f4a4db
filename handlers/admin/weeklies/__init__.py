"""The desk's side of weekly reports: drafts to look at, change, let out or leave out."""
