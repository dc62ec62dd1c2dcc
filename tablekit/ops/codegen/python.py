"""A Python module of typed constants and access patterns, over `tablekit.client`."""

from __future__ import annotations

import ast
import keyword
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final

from tablekit.client.requests import Pattern
from tablekit.contract.v1 import ExportedAttribute, ExportedIndex, ExportedKey, ExportedTable
from tablekit.ops.codegen.names import IDENTIFIER, Scope, pascal, snake
from tablekit.ops.codegen.source import CONTRACT, Source

WIDTH = 120
INDENT = "    "
_TYPES: Final = {
    "S": "str",
    "N": "int | Decimal",
    "B": "bytes",
    "BOOL": "bool",
    "NULL": "None",
    "M": "Mapping[str, Any]",
    "L": "list[Any] | tuple[Any, ...]",
    "SS": "set[str] | frozenset[str]",
    "NS": "set[int] | set[Decimal] | frozenset[int | Decimal]",
    "BS": "set[bytes] | frozenset[bytes]",
}
"""What `tablekit.client` takes of each type."""
_ITEMS: Final = "Iterable[Mapping[str, Any]]"
_BUILTINS: Final = ("str", "int", "bytes", "bool", "list", "dict", "tuple", "set", "frozenset", "super", "object")
_IMPORTED: Final = {
    "collections.abc": ("Iterable", "Iterator", "Mapping"),
    "decimal": ("Decimal",),
    "typing": ("Any", "Final", "Literal", "NotRequired", "TypedDict"),
    "tablekit.client": ("Connection", "FamilyTables", "Options", "Result"),
}
_DEFAULT: Final = "_DEFAULT"
_RESERVED: Final = {
    *keyword.kwlist,
    *_BUILTINS,
    *(name for names in _IMPORTED.values() for name in names),
    _DEFAULT,
}
_PAGED: Final = ("query", "scan")
_READS: Final = ("get", *_PAGED)
_BODIES: Final = ("item", "items")
Items = Mapping[tuple[str, str], str]
"""The type of an entity's item, by table and entity."""


def module(families: Sequence[Source], command: str) -> str:
    """The module's text, as ruff formats it. command: what made it. Raises CodegenError for names that clash."""
    scope = Scope("the Python module", _RESERVED)
    classes = [part for family in families for part in _family(family, scope)]
    body = "\n\n\n".join("\n".join(lines) for lines in classes)
    if _DEFAULT in body:
        body = f"{_DEFAULT}: Final = Options()\n\n\n{body}"
    head = docstring(
        "",
        f"Tables and access patterns of {', '.join(family.key for family in families)}, typed.",
        "NAME is a table's logical name; its name in a stage is in the environment variable VARIABLE.",
        f"Made by `{command}` for contract version {CONTRACT}. Don't edit it: run that again.",
    )
    imports = "\n\n".join(["from __future__ import annotations", *_imports(body)])
    text = "\n".join(["# ruff: noqa", *head]) + f"\n\n{imports}\n\n{body}\n"
    # Two lines stand before a class, one before anything else.
    return text.replace(f"\n\n{body}", f"\n\n\n{body}") if body.startswith("class ") else text


def _imports(body: str) -> Iterator[str]:
    """The import statements that the body needs, the standard library's first."""
    known = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    used = {module: [name for name in names if name in known] for module, names in _IMPORTED.items()}
    lines = {module: f"from {module} import {', '.join(names)}" for module, names in used.items() if names}
    own = lines.pop("tablekit.client")
    if lines:
        yield "\n".join(lines.values())
    yield own


def _family(family: Source, scope: Scope) -> Iterator[list[str]]:
    key, name = family.key, pascal(family.key)
    thing = f"family {key!r}"
    aliases = bracketed(
        f"{scope.give(f'{name}Table', f'the tables of {thing}')} = Literal[", literals(family.tables), "]"
    )
    if family.patterns:
        alias = scope.give(f"{name}Pattern", f"the access patterns of {thing}")
        aliases += bracketed(f"{alias} = Literal[", literals(family.patterns), "]")
    yield aliases
    for table in family.tables:
        yield from _table(family, table, scope)
    items = family.item_names(scope)
    for (table, entity), item in items.items():
        form = family.forms[table, entity]
        yield _typed_dict(item, f"An item `{entity}` of the table `{table}`.", form.fields, form.required)
    pages = {name: pattern for name, pattern in family.patterns.items() if pattern.exported.operation in _PAGED}
    paged = scope.give(f"{name}Pages", f"the pages of {thing}") if pages else ""
    if pages:
        yield _class(
            paged,
            f"The queries and scans of the family `{key}`, page by page; each page is fetched when it is asked for.",
            ["tables: FamilyTables"],
            ["self._tables = tables"],
            _methods(family, pages, items, "pages"),
        )
    made = [f"self.tables: Final[FamilyTables] = connection.family({string(key)})"]
    made += [f"self.pages: Final = {paged}(self.tables)"] if pages else []
    yield _class(
        scope.give(name, thing),
        f"The family `{key}`: a method runs the access pattern of its name. Raises ContractError where there is none.",
        ["connection: Connection"],
        made,
        _methods(family, family.patterns, items, "run"),
    )


def _table(family: Source, name: str, scope: Scope) -> Iterator[list[str]]:
    table, thing = family.tables[name], f"table {name!r} of family {family.key!r}"
    lines = [
        f"class {scope.give(pascal(family.key, name), thing)}:",
        *docstring(INDENT, f"Table `{name}`, by {_keys(table)}."),
        "",
        f"{INDENT}NAME: Final = {string(name)}",
        f"{INDENT}VARIABLE: Final = {string(family.variables[name])}",
        *_key_constants(INDENT, table),
    ]
    if table.ttl_attribute:
        lines.append(f"{INDENT}TTL_ATTRIBUTE: Final = {string(table.ttl_attribute)}")
    inner = Scope(thing, {*_RESERVED, "NAME", "VARIABLE", "HASH_KEY", "RANGE_KEY", "TTL_ATTRIBUTE"})
    for index_name, index in sorted(table.indexes.items()):
        deeper = INDENT * 2
        lines += [
            "",
            f"{INDENT}class {inner.give(pascal(index_name), f'index {index_name!r}')}:",
            *docstring(deeper, f"Index `{index_name}`, by {_keys(index)}."),
            "",
            f"{deeper}NAME: Final = {string(index_name)}",
            *_key_constants(deeper, index),
            f"{deeper}PROJECTION: Final = {string(index.projection)}",
        ]
    yield lines
    key = {each.name: ExportedAttribute(type=each.type) for each in _key_list(table)}
    key_name = scope.give(f"{pascal(family.key, name)}Key", f"the key of {thing}")
    yield _typed_dict(key_name, f"A key of the table `{name}`.", key, key.keys())


def _typed_dict(name: str, says: str, fields: Mapping[str, ExportedAttribute], required: Set[str]) -> list[str]:
    if not all(map(is_plain, fields)):
        pairs = [f"{string(field)}: {_field_type(each, field in required)}" for field, each in fields.items()]
        line = f"{name} = TypedDict({string(name)}, {{{', '.join(pairs)}}})"
        if len(line) <= WIDTH:
            return [line]
        pairs = [f"{INDENT * 2}{pair}," for pair in pairs]
        return [f"{name} = TypedDict(", f"{INDENT}{string(name)},", f"{INDENT}{{", *pairs, f"{INDENT}}},", ")"]
    lines = [f"class {name}(TypedDict):", *docstring(INDENT, says), ""]
    for field, each in fields.items():
        line, values = f"{INDENT}{field}: {_field_type(each, field in required)}", literals(each.values or ())
        if len(line) <= WIDTH or not values:
            lines.append(line)
        elif field in required:
            lines += bracketed(f"{INDENT}{field}: Literal[", values, "]")
        else:
            inner = bracketed(f"{INDENT * 2}Literal[", values, "]")
            lines += [f"{INDENT}{field}: NotRequired[", *inner, f"{INDENT}]"]
        lines += docstring(INDENT, each.note) if each.note else []
    return lines


def _field_type(attribute: ExportedAttribute, required: bool) -> str:
    kinds = (attribute.type, *(attribute.also or ()))
    values = f"Literal[{', '.join(literals(attribute.values or ()))}]"
    text = values if attribute.values else " | ".join(_TYPES[kind] for kind in kinds)
    return text if required else f"NotRequired[{text}]"


def _key_list(keyed: ExportedTable | ExportedIndex) -> list[ExportedKey]:
    return [key for key in (keyed.hash_key, keyed.range_key) if key]


def _keys(keyed: ExportedTable | ExportedIndex) -> str:
    return " and ".join(f"`{key.name}` ({key.type})" for key in _key_list(keyed))


def _key_constants(indent: str, keyed: ExportedTable | ExportedIndex) -> list[str]:
    names = ("HASH_KEY", "RANGE_KEY")
    return [f"{indent}{name}: Final = {string(key.name)}" for name, key in zip(names, _key_list(keyed), strict=False)]


def _class(name: str, says: str, takes: list[str], does: list[str], methods: Iterator[list[str]]) -> list[str]:
    lines = [f"class {name}:", *docstring(INDENT, says), ""]
    lines += [
        *bracketed(f"{INDENT}def __init__(", ["self", *takes], ") -> None:"),
        *(INDENT * 2 + line for line in does),
    ]
    for method in methods:
        lines += ["", *method]
    return lines


def _methods(family: Source, patterns: Mapping[str, Pattern], items: Items, how: str) -> Iterator[list[str]]:
    """The methods, in name order; `how` is the client's method that reads call: run or pages."""
    names = Scope(f"family {family.key!r} in Python", {*_RESERVED, "tables", "pages", "_tables", "__init__"})
    for name, pattern in patterns.items():
        kinds = [items[pattern.exported.table, entity] for entity in pattern.forms]
        yield _method(names.give(snake(name), f"access pattern {name!r}"), name, pattern, kinds, how)


def _method(method: str, name: str, pattern: Pattern, kinds: list[str], how: str) -> list[str]:
    """One method. kinds: the types of the items that it writes, where its table has entities."""
    exported = pattern.exported
    names = Scope(f"access pattern {pattern.subject!r} in Python", {*_RESERVED, "self", "options", "entity"})
    types, given, odd = [], [string(name)], []
    for parameter, type_ in exported.parameters.items():
        own = names.give(_parameter(parameter), f"parameter {parameter!r}")
        many, whole = parameter == "items" and exported.operation == "batch-write", parameter in _BODIES
        if kinds and whole:
            union = " | ".join(kinds)
            types.append(f"{own}: {f'Iterable[{union}]' if many else union}")
            given.append(f"*{own}" if many else own)
            continue
        types.append(f"{own}: {_ITEMS if many else _TYPES[type_]}")
        value = f"[dict(one) for one in {own}]" if many else f"dict({own})" if type_ == "M" else own
        if is_plain(parameter):
            given.append(f"{parameter}={value}")
        else:
            odd.append(f"{string(parameter)}: {value}")
    if len(kinds) > 1:
        types.append(f"entity: Literal[{', '.join(literals(pattern.forms))}]")
        given.append("entity=entity")
    if exported.operation in _READS:
        types.append(f"options: Options = {_DEFAULT}")
        given.insert(1, "options")
    head = ["self", *(["*", *types] if types else [])]
    given += [f"**{{{', '.join(odd)}}}"] if odd else []
    tables, gives = ("self.tables", "Result") if how == "run" else ("self._tables", "Iterator[Result]")
    deeper = INDENT * 2
    return [
        *bracketed(f"{INDENT}def {method}(", head, f") -> {gives}:"),
        *docstring(deeper, *_says(pattern)),
        *bracketed(f"{deeper}return {tables}.{'put' if kinds else how}(", given, ")"),
    ]


def _parameter(name: str) -> str:
    """A parameter's name: one that a class would make its own (`__x`) gets a letter before it."""
    own = snake(name)
    return f"p{own}" if own.startswith("__") else own


def _says(pattern: Pattern) -> Iterator[str]:
    found = pattern.exported
    index = f" by its index `{found.index}`" if found.index else ""
    if found.purpose:
        yield f"{found.purpose.removesuffix('.')}."
    order = ", descending" if found.order == "descending" else ""
    limit = f", at most {found.limit} read" if found.limit else ""
    yield f"{pattern.action} on `{found.table}`{index}{order}{limit}."
    parts = {"key": found.key_condition, "filter": found.filter, "condition": found.condition, "update": found.update}
    for part, text in parts.items():
        if text:
            yield f"{part}: {text}"


def string(text: str) -> str:
    """A literal of the text: in double quotes, unless it has some and no single ones."""
    shown = repr(text)
    if shown[0] == '"' or '"' in text:
        return shown
    return '"' + shown[1:-1] + '"'


def docstring(indent: str, *paragraphs: str) -> list[str]:
    """The lines of a docstring; whatever stands in a text ends neither the docstring nor a line of it."""
    width = WIDTH - len(indent) - 6
    safe = [textwrap.wrap(_safe(text), width, break_long_words=False, break_on_hyphens=False) for text in paragraphs]
    lines = [line for part in safe if part for line in (*part, "")][:-1]
    if len(lines) == 1:
        return [f'{indent}"""{lines[0]}"""']
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}" if line else "" for line in lines[1:]), f'{indent}"""']


def _safe(text: str) -> str:
    """The text with neither backslash, quotes in a row nor anything unprintable."""
    plain = "".join(letter if letter.isprintable() and letter != "\\" else " " for letter in text)
    return re.sub(r'"+$', lambda quotes: quotes[0] + ".", plain.strip().replace('"""', '" " "'))


def bracketed(head: str, parts: Sequence[str], tail: str) -> list[str]:
    """`head` `parts` `tail` in one line, or with a line a part where that is too long."""
    line = f"{head}{', '.join(parts)}{tail}"
    if len(line) <= WIDTH or not parts:
        return [line]
    indent = head[: len(head) - len(head.lstrip())]
    return [head, *(f"{indent}{INDENT}{part}," for part in parts), f"{indent}{tail}"]


def is_plain(name: str) -> bool:
    """Whether a class may have it as a field under just this name."""
    return bool(IDENTIFIER.fullmatch(name)) and not keyword.iskeyword(name) and name[:2] != "__"


def literals(texts: Iterable[str]) -> list[str]:
    """A literal each."""
    return [string(text) for text in texts]
