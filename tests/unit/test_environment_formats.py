"""Environment variables as text, read back by those who read them: a shell, python-dotenv, Node.js, a GitHub runner."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tablekit.ops.environment import Format, write
from tablekit.ops.errors import VariableError

SECONDS = 30
TRICKY = st.sampled_from(
    ["'", '"', "\\", "$", "${HOME}", "$(id)", "`id`", "#", " # x", "=", " ", "\n", "\t", "%", "!", "~", "*", ";", "<<",
     "END", "é", "日本", "\u2028", "::set-env name=A::b", "acsd2p-dev-Users",
     "'\"'\"'", "\\n", "&&", "|", "-", "export "]
)  # fmt: skip
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
VALUES = st.lists(TRICKY, max_size=6).map("".join) | TEXTS
NAMES = st.from_regex(r"DYNAMODB_[A-Z0-9_]{1,12}_TABLE", fullmatch=True)
VARIABLES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


def by_a_shell(text: str, names: Iterable[str], all_of_it: bool = False) -> dict[str, str]:
    """What a POSIX shell has after it took the text by `.`, each value ended by NUL."""
    script = ("set -a\n" if all_of_it else "") + f"{text}\n"
    script += "".join(f'printf "%s\\0" "${name}"\n' for name in names)
    done = subprocess.run(["sh", "-s"], input=script.encode(), capture_output=True, timeout=SECONDS, env={}, check=True)
    assert not done.stderr
    return dict(zip(names, done.stdout.decode().split("\0"), strict=False))


def by_a_runner(text: str) -> dict[str, str]:
    """As a GitHub runner on Linux reads the file of $GITHUB_ENV: `NAME=value`, or `NAME<<END`, lines, `END`."""
    found = {}
    assert text.endswith("\n")
    lines = iter(text[:-1].split("\n"))
    for line in lines:
        if not line:
            continue
        equals, here = line.find("="), line.find("<<")
        if here >= 0 and (equals < 0 or here < equals):
            name, end = line.split("<<", 1)
            assert name
            assert end
            value: list[str] = []
            while (each := next(lines)) != end:
                value.append(each)
            found[name] = "\n".join(value)
        else:
            name, found[name] = line.split("=", 1) if equals >= 0 else pytest.fail(line)
    return found


def written(variables: Mapping[str, str]) -> str:
    """As a .env file; a value that its readers would not all take alike is no example here."""
    try:
        return write(variables, Format.DOTENV)
    except VariableError:
        assume(False)
        raise


@given(VARIABLES)
def test_a_shell_takes_what_was_given(variables: dict[str, str]) -> None:
    assert by_a_shell(write(variables, Format.SHELL), variables) == variables


@given(VARIABLES)
def test_a_github_runner_and_a_reader_of_json_take_what_was_given(variables: dict[str, str]) -> None:
    assert by_a_runner(write(variables, Format.GITHUB)) == variables
    assert json.loads(write(variables, Format.JSON)) == variables
    assert write(variables, Format.JSON).isascii()


@given(VARIABLES)
def test_a_shell_takes_a_dotenv_file(variables: dict[str, str]) -> None:
    assert by_a_shell(written(variables), variables, all_of_it=True) == variables


@given(VARIABLES)
def test_python_dotenv_takes_a_dotenv_file(variables: dict[str, str]) -> None:
    dotenv = pytest.importorskip("dotenv", reason="python-dotenv is not installed")
    assert dotenv.dotenv_values(stream=io.StringIO(written(variables))) == variables


@settings(max_examples=25)
@given(VARIABLES)
def test_node_takes_a_dotenv_file(variables: dict[str, str]) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    program = (
        "const {parseEnv} = require('node:util');"
        "if (!parseEnv) process.exit(3);"
        "process.stdout.write(JSON.stringify(parseEnv(require('node:fs').readFileSync(0, 'utf8'))))"
    )
    done = subprocess.run(
        [node, "-e", program], input=written(variables).encode(), capture_output=True, timeout=SECONDS, check=False
    )
    if done.returncode == 3:
        pytest.skip("this node has no util.parseEnv: it is in 20.12 and later")
    assert json.loads(done.stdout) == variables


TABLE_NAMES = st.from_regex(r"[a-zA-Z0-9_.-]{3,60}", fullmatch=True)


@given(st.dictionaries(NAMES, TABLE_NAMES, min_size=1))
def test_what_a_table_can_be_called_is_never_quoted(variables: dict[str, str]) -> None:
    """So that `docker run --env-file`, which takes quotes for a part of the value, reads it as well."""
    assert write(variables, Format.DOTENV) == "".join(f"{name}={value}\n" for name, value in variables.items())
    assert write(variables, Format.GITHUB) == write(variables, Format.DOTENV)
    assert write(variables, Format.SHELL) == "".join(f"export {name}={value}\n" for name, value in variables.items())


@pytest.mark.parametrize(
    ("as_format", "value", "line"),
    [
        (Format.DOTENV, "", "A="),
        (Format.DOTENV, "a b", "A='a b'"),
        (Format.DOTENV, "$HOME #x", "A='$HOME #x'"),
        (Format.DOTENV, 'say "a"', "A='say \"a\"'"),
        (Format.DOTENV, "it's", 'A="it\'s"'),
        (Format.DOTENV, "a\nb", "A='a\nb'"),
        (Format.DOTENV, "C:\\new", "A='C:\\new'"),
        (Format.SHELL, "", "export A=''"),
        (Format.SHELL, "it's $HOME", "export A='it'\"'\"'s $HOME'"),
        (Format.SHELL, "a\nb", "export A='a\nb'"),
        (Format.GITHUB, "a=b <<c", "A=a=b <<c"),
        (Format.GITHUB, "::set-env name=B::c", "A=::set-env name=B::c"),
    ],
)
def test_how_a_value_is_written(as_format: Format, value: str, line: str) -> None:
    assert write({"A": value}, as_format) == f"{line}\n"


def test_a_value_of_several_lines_has_a_delimiter_that_is_none_of_them() -> None:
    lines = write({"A": "one\nB=two\nEOF"}, Format.GITHUB).split("\n")
    assert re.fullmatch(r"A<<END_[0-9a-f]{16}", lines[0])
    assert lines[1:] == ["one", "B=two", "EOF", lines[0].removeprefix("A<<"), ""]


ANY = tuple(Format)
READERS = "variable A: readers of .env files disagree on {!r}, whatever the quotes; take --format shell or json"
NO_NAME = "variable {!r} is no name of one: letters, digits and _, no digit first; rename it"
NO_TEXT = "variable A: {!r} holds NUL or half a character, which no environment takes; fix it"
RUNNERS = "variable {}: a GitHub runner lets no step set it; rename it"


@pytest.mark.parametrize(
    ("formats", "name", "value", "says"),
    [
        *(((Format.DOTENV,), "A", value, READERS.format(value))
          for value in ("a'b\"c", "${HOME}'", "a\rb", "back\\", "two\\\\", "'`id`", "${X}", "a\\'b")),
        *((ANY, name, "x", NO_NAME.format(name)) for name in ("", "1A", "A B", "A;id", "A=", "Ä", "A\n", "a-b")),
        *((ANY, "A", value, NO_TEXT.format(value)) for value in ("a\0b", "\ud800")),
        *(((Format.GITHUB,), name, "x", RUNNERS.format(name))
          for name in ("GITHUB_TOKEN", "RUNNER_TEMP", "NODE_OPTIONS", "github_env")),
    ],
)  # fmt: skip
def test_what_not_every_reader_takes_alike_is_refused(
    formats: tuple[Format, ...], name: str, value: str, says: str
) -> None:
    for as_format in formats:
        with pytest.raises(VariableError) as error:
            write({"GOOD": "x", name: value}, as_format)
        assert str(error.value) == says
    if formats is not ANY:
        assert by_a_shell(write({name: value}, Format.SHELL), [name]) == {name: value}


def test_a_shell_finds_no_command_in_a_value(tmp_path: Path) -> None:
    bad = f"'; touch {tmp_path}/made; echo '$(touch {tmp_path}/made)`touch {tmp_path}/made`"
    by_a_shell(write({"A": bad}, Format.SHELL), {"A": bad})
    assert not (tmp_path / "made").exists()
