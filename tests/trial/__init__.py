"""A trial on real feeds and pages: served on loopback, polled by the running bot end to end."""
