"""`./lathe bench …`: what is claimed of this software, measured here and now, as a table.

Each bench is a module of this folder with a click command called `command`; it is imported when it is asked
for, so that `--help` is quick.
"""

from importlib import import_module

import click

BENCHES = {
    "corridor": "Measures finished records: the figures behind the tone corridor of the engine.",
    "desk": "Events a second and how long a reply takes, with more and more orders in the database.",
    "doors": "Deeds a second through Discord and Telegram, how long a reply takes, and a crowd in order.",
    "fair": "Whose song is next when one buyer drops five hundred.",
    "fuzz": "Mutated files of every container that is taken, in the jail.",
    "money": "Two deeds over the same money: every interleaving, times every crash.",
    "sound": "The engine against its bars and against others: the whole table.",
    "survive": "kill -9 at random moments of a working service, seen from outside.",
    "web": "A large file up and down beside the chat, and many slow ones while people talk.",
}


class Benches(click.Group):
    """The benches, imported one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(BENCHES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in BENCHES:
            return None
        bench: click.Command = import_module(f"benchmarks.{cmd_name}").command
        return bench

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Benches"):
            formatter.write_dl(list(BENCHES.items()))


@click.group(
    cls=Benches,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """Measure what Lathe claims. benchmarks/README.md keeps what was printed, and on what."""


if __name__ == "__main__":
    main(prog_name="lathe bench")
