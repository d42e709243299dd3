"""What is told on a page: commands are set as code, and nothing that was typed becomes markup."""

from __future__ import annotations

from app.web.templates import make_environment, with_commands


def test_a_command_is_set_as_code_and_all_else_is_escaped() -> None:
    assert with_commands("Run `rapport worker <x>` & wait.") == (
        "Run <code>rapport worker &lt;x&gt;</code> &amp; wait."
    )
    assert with_commands("One ` alone, <b>.") == "One ` alone, &lt;b&gt;."


def test_a_template_sets_commands_so() -> None:
    template = make_environment({}).from_string("{{ told | with_commands }}")
    assert template.render(told="`<a>`") == "<code>&lt;a&gt;</code>"
