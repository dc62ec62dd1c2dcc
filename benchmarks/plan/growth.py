"""Multiplies the families of a copy of the project: further modules beside the first, as further systems would be."""

from __future__ import annotations

import ast
from pathlib import Path


def multiply(families: Path, times: int) -> None:
    """Write each family's modules `times - 1` times more, under other names, keys, prefixes and roles' names.

    families: the package's folder, changed in place. Nothing but names differs, so that a copy costs what the first
    does: its source is compiled, its patterns are parsed and its tables are checked like any other's.
    """
    originals = [module for module in sorted(families.glob("*.py")) if module.name != "__init__.py"]
    names = {module.stem for module in originals}
    for number in range(2, times + 1):
        renaming = _Renaming(_tag(number), names)
        for module in originals:
            tree = renaming.visit(ast.parse(module.read_text(encoding="utf-8")))
            target = families / f"{renaming.module(module.stem)}.py"
            target.write_text(ast.unparse(ast.fix_missing_locations(tree)) + "\n", encoding="utf-8")


def key(family: str, number: int) -> str:
    """A family's key in its copy of that number; the first is the family itself."""
    return family if number == 1 else f"{_tag(number)}-{family}"


def _tag(number: int) -> str:
    return f"c{number:02d}"


class _Renaming(ast.NodeTransformer):
    """Names one copy of every family after its number."""

    def __init__(self, tag: str, modules: set[str]) -> None:
        self.tag, self.modules = tag, modules

    def module(self, name: str) -> str:
        """`acs` → `c02_acs`; what is private, and so no family of its own, stays private: `_c02_acs_users`."""
        return f"_{self.tag}{name}" if name.startswith("_") else f"{self.tag}_{name}"

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        package, _, name = (node.module or "").partition(".")
        if package == "families" and name in self.modules:
            node.module = f"families.{self.module(name)}"
        elif package == "families":
            node.names = [
                ast.alias(self.module(alias.name), alias.asname or alias.name) if alias.name in self.modules else alias
                for alias in node.names
            ]
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        given = {keyword.arg: keyword for keyword in node.keywords}
        if called == "Family":
            key = _text(given["key"])
            _rename(given["key"], f"{self.tag}-{key}")
            # With the key, as the prefixes of two families must differ also where one had none.
            _rename(given["table_name"], f"{self.tag}-{key}-{_text(given['table_name'])}")
        elif called == "Reach":
            _rename(given["family"], f"{self.tag}-{_text(given['family'])}")
            if "option" in given:
                _rename(given["option"], f"{self.tag}-{_text(given['option'])}")
        elif called == "Role" and "physical" in given:
            _rename(given["physical"], f"{self.tag}-{_text(given['physical'])}")
        return node


def _text(keyword: ast.keyword) -> str:
    value = ast.literal_eval(keyword.value)
    assert isinstance(value, str), f"{keyword.arg} is given as a literal text in every family"
    return value


def _rename(keyword: ast.keyword, text: str) -> None:
    keyword.value = ast.Constant(text)
