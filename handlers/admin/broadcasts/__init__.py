"""/broadcast: announcements to an audience, from draft to report."""
