"""Where in a package's source something is declared: by a traceback, or by its name."""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType

_WORDS: Mapping[str, str] = {
    "Family": "family",
    "Table": "table",
    "Index": "index",
    "Entity": "entity",
    "Retention": "retention",
    "AccessPattern": "access pattern",
    "Role": "role",
    "Reach": "reach",
    "TenantScope": "tenant scope",
    "Attribute": "attribute",
    "one_of": "attribute",
    **dict.fromkeys(("Key", "S", "N", "B"), "key"),
    **dict.fromkeys(("get", "query", "scan", "put", "update", "delete", "batch_write"), "access pattern"),
}
"""What makes a declared object -> what messages call it."""


@dataclass(frozen=True)
class Origin:
    """A line of a module and what is declared there.

    labels: the objects around it and itself, outermost first, as "table 'orders'". call: what makes it, as the source
    has it; None where that can't be told.
    """

    file: Path
    line: int
    labels: tuple[str, ...] = ()
    call: ast.Call | None = None

    def line_of(self, loc: tuple[int | str, ...]) -> int:
        """The line of what stands at the end of the way, as far as the source says."""
        node: ast.AST | None = self.call
        line = self.line
        for part in loc:
            node = _part(node, part)
            if node is None:
                break
            line = getattr(node, "lineno", line)
        return line


def raised_at(error: BaseException, package: Path) -> Origin | None:
    """The innermost place in the package that the error came through; None where it came through none.

    package: the folder of its modules.
    """
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(package):
        return Origin(Path(error.filename), error.lineno or 1)
    found: TracebackType | None = None
    step = error.__traceback__
    while step:
        if Path(step.tb_frame.f_code.co_filename).is_relative_to(package):
            found = step
        step = step.tb_next
    if found is None:
        return None
    code, frame = found.tb_frame.f_code, found.tb_frame
    file = Path(code.co_filename)
    first, last, start, end = next(islice(code.co_positions(), found.tb_lasti // 2, None))
    for call, labels in _calls(_tree(file), ChainMap(frame.f_locals, frame.f_globals)):
        if (call.lineno, call.end_lineno, call.col_offset, call.end_col_offset) == (first, last, start, end):
            return Origin(file, found.tb_lineno, labels, call)
    return Origin(file, found.tb_lineno)


def declared_at(about: object, origin: Origin) -> Origin | None:
    """Where the module of the origin, or one beside it that it imports, declares the object.

    The labels are those of the origin and of the object. None where it is declared nowhere, or in several places.
    """
    label = _label(type(about).__name__, getattr(about, "name", None))
    beside = [origin.file.with_name(f"{name}.py") for name in sorted(_imported(_tree(origin.file)))]
    found = [
        Origin(file, call.lineno, tuple(dict.fromkeys([*origin.labels, *labels])), call)
        for file in (origin.file, *(file for file in beside if file.is_file()))
        for call, labels in _calls(_tree(file), {})
        if labels[-1:] == (label,)
    ]
    return found[0] if len(found) == 1 else None


def called(call: ast.Call) -> str:
    """The last word of what is called, as `Table` or `query`; not a method, as the `get` of a dictionary."""
    word = str(getattr(call.func, "id", getattr(call.func, "attr", "")))
    return word if isinstance(call.func, ast.Name) or word[:1].isupper() else ""


def _tree(file: Path) -> ast.AST:
    """The module's syntax; that of an empty one where it can't be read, which is for its import to say."""
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def _calls(tree: ast.AST, values: Mapping[str, object]) -> Iterator[tuple[ast.Call, tuple[str, ...]]]:
    """Every call, with the labels of the declared objects around it and its own.

    values: of the variables that a name may be given by.
    """
    # Not by recursion: a long sum is a deep tree. With each node, the labels around and what a dictionary calls it.
    todo: list[tuple[ast.AST, tuple[str, ...], str | None]] = [(tree, (), None)]
    while todo:
        node, around, key = todo.pop()
        if isinstance(node, ast.Call):
            kind = called(node)
            if label := _label(kind, _name(kind, node, values) or key):
                around = (*around, label)
            yield node, around
        if isinstance(node, ast.Dict):
            todo += [(v, around, _text(k, values)) for k, v in zip(node.keys, node.values, strict=True)]
        else:
            todo += [(child, around, None) for child in ast.iter_child_nodes(node)]


def _label(kind: str, name: object) -> str | None:
    """What messages call an object, as "table 'orders'"; None where it is none of the declaration's."""
    word = _WORDS.get(kind)
    return f"{word} {name!r}" if word and isinstance(name, str) else word


def _name(kind: str, call: ast.Call, values: Mapping[str, object]) -> str | None:
    """The text that a call gives its object as its name."""
    field = "key" if kind == "Family" else "name"
    for keyword in call.keywords:
        if keyword.arg == field:
            return _text(keyword.value, values)
    return _text(call.args[0], values) if call.args and kind != "one_of" else None


def _text(node: ast.AST | None, values: Mapping[str, object]) -> str | None:
    value = (
        node.value if isinstance(node, ast.Constant) else values.get(node.id) if isinstance(node, ast.Name) else None
    )
    return value if isinstance(value, str) else None


def _part(node: ast.AST | None, part: int | str) -> ast.AST | None:
    """What stands in a call's argument, at a dictionary's key or at a tuple's place."""
    match node:
        case ast.Call():
            by_place = dict(zip(("name", "purpose"), node.args, strict=False))
            return next((keyword.value for keyword in node.keywords if keyword.arg == part), by_place.get(str(part)))
        case ast.Dict():
            return next((v for k, v in zip(node.keys, node.values, strict=True) if _text(k, {}) == part), None)
        case ast.Tuple() | ast.List() if isinstance(part, int) and part < len(node.elts):
            starred = any(isinstance(element, ast.Starred) for element in node.elts[: part + 1])
            return None if starred else node.elts[part]
    return None


def _imported(tree: ast.AST) -> set[str]:
    """The last words of the modules, and the names, that a module imports from elsewhere."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name.rpartition(".")[2] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.rpartition(".")[2])
    return found
