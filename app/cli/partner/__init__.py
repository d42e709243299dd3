"""`rapport partner`: for a community partner who alone holds the key of a wave."""

import typer

from app.cli.partner import counting, keys

partner = typer.Typer(
    no_args_is_help=True,
    help="For a community partner, on a computer of their own: make, try, use and destroy the key "
    "of a wave. The key never reaches the server.",
)
partner.command("new-key")(keys.new_key)
partner.command("try")(keys.try_key)
partner.command("count")(counting.count)
partner.command("destroy")(keys.destroy)
