"""A project's or a stage's file, `Pulumi.yaml` or `Pulumi.<stage>.yaml`: what it sets, as the engine would read it."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path
from typing import Any, Final

import yaml

from tablekit.model.errors import StageError

_MOST: Final = 10_000
"""Values in a file, those behind its aliases counted each time; the longest here has some forty."""


def read_settings(file: Path) -> dict[str, Any]:
    """What the file says; its `config`, where there is one, is a mapping by names.

    Raises StageError where it can't be read, or in more ways than one: a name that is set twice, an alias of what it
    stands in, aliases that multiply.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise StageError(f"{file}: is not a file; move it away, and write a stage's settings there")
        text = file.read_text(encoding="utf-8-sig")
        _values(file, yaml.compose(text, Loader=yaml.SafeLoader), {})
        content = yaml.safe_load(text)
    except OSError as error:
        raise StageError(f"{file}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise StageError(f"{file}: is not UTF-8 at line {line}; save it as UTF-8") from None
    except RecursionError:
        raise StageError(
            f"{file}: lists or mappings lie too deep in each other; write settings as name: value"
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StageError(f"{file}: is not YAML at line {line}: {error.problem}") from None
    except yaml.YAMLError as error:
        raise StageError(f"{file}: is not YAML: {str(error).splitlines()[0]}") from None
    except ValueError as error:  # a number or a day that YAML takes for one
        raise StageError(f"{file}: a value can't be read: {error}; put a text in quotes") from None
    content = {} if content is None else content
    for where, found in (("", content), ("config: ", content.get("config") if isinstance(content, dict) else None)):
        if found is not None and not (isinstance(found, dict) and all(isinstance(name, str) for name in found)):
            raise StageError(f"{file}: {where}is not a mapping of settings; write each as name: value")
    return dict(content)


def _values(file: Path, node: yaml.Node | None, known: dict[int, int]) -> int:
    """How many values a node stands for. Raises StageError for what can be read in more ways than one.

    known: of the nodes that an alias may name again; 0 of those that are begun.
    """
    if node is None or isinstance(node, yaml.ScalarNode):
        return 1
    place = f"line {node.start_mark.line + 1}"
    if id(node) not in known:
        known[id(node)] = 0
        parts = node.value
        if isinstance(node, yaml.MappingNode):
            names = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
            if twice := next((name for name, times in names.items() if times > 1), None):
                raise StageError(
                    f"{file}: {twice!r} is set twice in the mapping that begins at {place}; keep one of them"
                )
            parts = [part for pair in node.value for part in pair]
        known[id(node)] = 1 + sum(_values(file, part, known) for part in parts)
    if not known[id(node)]:
        raise StageError(f"{file}: an alias names what it stands in, at {place}; write the value out")
    if known[id(node)] > _MOST:
        raise StageError(f"{file}: more than {_MOST} values, by aliases of aliases, at {place}; write the values out")
    return known[id(node)]
