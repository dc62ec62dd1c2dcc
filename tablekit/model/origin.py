"""Where in a package's source something is declared: by a traceback, or by its name."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

_WORDS = {
    "Family": "family",
    "Table": "table",
    "Index": "index",
    "Entity": "entity",
    "Retention": "retention",
    "AccessPattern": "access pattern",
    "Role": "role",
    "Reach": "reach",
    "TenantScope": "tenant scope",
    **dict.fromkeys(("Attribute", "one_of"), "attribute"),
    **dict.fromkeys(("Key", "S", "N", "B"), "key"),
    **dict.fromkeys(("get", "query", "scan", "put", "update", "delete", "batch_write"), "access pattern"),
}
"""What makes a declared object -> what messages call it."""


@dataclass(frozen=True)
class Origin:
    """A line of a module and what is declared there.

    labels: the objects around it and itself, outermost first, as "table 'orders'". call: what makes it, as the source
    has it; None where it can't be found.
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
            if (node := _part(node, part)) is None:
                break
            line = getattr(node, "lineno", line)
        return line


def raised_at(error: BaseException, package: Path) -> Origin | None:
    """The innermost place in the package that the error came through; None where it came through none.

    package: the folder of its modules.
    """
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(package):
        return Origin(Path(error.filename), error.lineno or 1)
    found, step = None, error.__traceback__
    while step:
        found = step if Path(step.tb_frame.f_code.co_filename).is_relative_to(package) else found
        step = step.tb_next
    if found is None:
        return None
    code = found.tb_frame.f_code
    line, end_line, start, end = next(islice(code.co_positions(), found.tb_lasti // 2, None))
    place = (line, start, end_line, end)
    tree = _tree(Path(code.co_filename))
    call = next((each for each in _calls(tree) if _place(each) == place), None)
    return Origin(Path(code.co_filename), found.tb_lineno, _labels(tree, call) if call else (), call)


def declared_at(about: object, origin: Origin) -> Origin | None:
    """Where the module of the origin declares the object; None where it does not, or in several places."""
    tree = _tree(origin.file)
    label = f"{_WORDS.get(type(about).__name__)} {getattr(about, 'name', None)!r}"
    found = [call for call in _calls(tree) if _label(call, None) == label]
    if len(found) != 1:
        return None
    labels = tuple(dict.fromkeys([*origin.labels, *_labels(tree, found[0])]))
    return Origin(origin.file, found[0].lineno, labels, found[0])


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


def _calls(tree: ast.AST) -> list[ast.Call]:
    """Every call, outer ones first."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _place(node: ast.expr) -> tuple[int | None, ...]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _labels(tree: ast.AST, call: ast.Call) -> tuple[str, ...]:
    """Those of the declared objects around a call, and its own."""
    keys = {v: k for node in ast.walk(tree) if isinstance(node, ast.Dict) for k, v in zip(node.keys, node.values)}  # noqa: B905
    around = [each for each in _calls(tree) if any(node is call for node in ast.walk(each))]
    return tuple(label for each in around if (label := _label(each, keys.get(each))))


def _label(call: ast.Call, key: ast.expr | None) -> str | None:
    """What messages call an object, as "table 'orders'"; None where it is none of the declaration's.

    key: what it stands behind in a dictionary.
    """
    kind = called(call)
    field = "key" if kind == "Family" else "name"
    given = [keyword.value for keyword in call.keywords if keyword.arg == field]
    given += call.args[:1] if kind != "one_of" else []
    names = [node.value for node in (*given, key) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    word = _WORDS.get(kind)
    return f"{word} {names[0]!r}" if word and names else word


def _part(node: ast.AST | None, part: int | str) -> ast.AST | None:
    """What stands in a call's argument, at a dictionary's key or at a tuple's place."""
    match node:
        case ast.Call():
            by_place = dict(zip(("name", "purpose"), node.args, strict=False))
            return next((keyword.value for keyword in node.keywords if keyword.arg == part), by_place.get(str(part)))
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            return next((value for key, value in pairs if getattr(key, "value", None) == part), None)
        case ast.Tuple() | ast.List() if isinstance(part, int) and part < len(node.elts):
            starred = any(isinstance(element, ast.Starred) for element in node.elts[: part + 1])
            return None if starred else node.elts[part]
    return None
