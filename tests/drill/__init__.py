"""What happens when something breaks: `make drill`, and a small version in `make test`."""
