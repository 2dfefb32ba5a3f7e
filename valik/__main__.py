"""`python -m valik`."""

from valik.cli import main

if __name__ == "__main__":
    main()
