"""`python -m bots`, which is what `./lathe` runs."""

from bots.cli import main

if __name__ == "__main__":
    main(prog_name="lathe")
