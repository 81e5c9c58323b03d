"""`python -m journey_cli` is `journey`."""

from journey_cli.main import main

if __name__ == "__main__":
    main()
