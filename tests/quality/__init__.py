"""How good the condensing is, measured on real data: `make quality CORPORA=…`."""
