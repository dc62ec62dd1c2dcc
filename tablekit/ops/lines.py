"""Text from elsewhere, made fit for a line of a terminal or of Markdown."""

from __future__ import annotations


def plain(text: str) -> str:
    """On one line, and nothing in it that a terminal takes for a command."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def escaped(text: str) -> str:
    """Text that Markdown and HTML leave as it is, on one line."""
    text = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{letter}" if letter in "\\|*_[]" else letter for letter in text).replace("`", "\\`")


def code(text: str) -> str:
    """Text as Markdown's code, in a cell of a table; empty where there is none."""
    text = plain(text).replace("`", "'").replace("|", "\\|")
    return f"`{text}`" if text else ""
