"""One module for each command; `journey_cli.main` loads them on demand."""
