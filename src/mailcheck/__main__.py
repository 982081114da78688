"""`python -m mailcheck`."""

from mailcheck.cli.main import run

if __name__ == "__main__":
    run()
