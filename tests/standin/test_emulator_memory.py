"""What the emulator remembers of moto changes no answer of moto's."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from local.project import ROOT

VOLATILE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[A-Za-z0-9]{52}\b|\b(AROA|AIDA)\w{17}\b|20\d\d-\d\d-\d\d[T ][0-9:.]+(\+00:00|Z)?"
    r"|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [0-9:]+ GMT|\b[A-Za-z0-9/+]{76}\b"
)


def answers(*how: str) -> list[str]:
    words = [sys.executable, "-m", "tests.standin.moto_calls", *how]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return [VOLATILE.sub("…", json.dumps(answer, indent=1)) for answer in json.loads(done.stdout)]


def test_every_answer_is_as_without_it() -> None:
    plain, remembering = answers(), answers("remembering")
    assert len(plain) == 30
    assert remembering == plain


def test_what_it_takes_the_place_of_is_still_asked_by_moto() -> None:
    """A later moto that goes another way would be remembered for nothing."""
    code = """
import moto.core.responses, moto.backends, moto.moto_server.werkzeug_app as app
from moto.core import serialize
from local.emulator_memory import remember
remember()
assert moto.core.responses.method_names_from_class.__wrapped__
assert app.backends.list_of_moto_modules() is app.backends.list_of_moto_modules()
source = open(app.__file__).read() + open(moto.core.responses.__file__).read() + open(serialize.__file__).read()
for call in ("backends.list_of_moto_modules()", "method_names_from_class(self.__class__)", "self.get_value(value, "):
    assert call in source, call
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
