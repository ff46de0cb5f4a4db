"""`hexin` and `python -m bot`: the command line."""

import sys

from bot.cli import app


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # Under an old locale such as GBK a "✓" becomes a "?", not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


if __name__ == "__main__":
    main()
