"""Assembles the parts: configuration, schedule, fetching, delivery, pages, sandbox, CLI."""
