"""A TypeScript module of typed constants, and of requests for the AWS SDK's document client; it imports nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Final

from tablekit.client.requests import BATCH, Pattern
from tablekit.contract.v1 import ExportedIndex, ExportedKey, ExportedTable
from tablekit.model.expressions import Literal, Parameter
from tablekit.ops.codegen.names import Scope, camel, pascal
from tablekit.ops.codegen.source import CONTRACT, Source
from tablekit.ops.codegen.typescript_text import INDENT, arrays, comment, field, member, number, objects, string
from tablekit.ops.errors import CodegenError

_TYPES: Final = {
    "S": "string",
    "N": "DynamoNumber",
    "B": "Uint8Array",
    "BOOL": "boolean",
    "NULL": "null",
    "M": "Item",
    "L": "readonly unknown[]",
    "SS": "ReadonlySet<string>",
    "NS": "ReadonlySet<DynamoNumber>",
    "BS": "ReadonlySet<Uint8Array>",
}
"""What the document client takes of each type."""

_REQUESTS: Final = {
    "get": "GetRequest",
    "query": "QueryRequest",
    "scan": "ScanRequest",
    "put": "PutRequest",
    "update": "UpdateRequest",
    "delete": "DeleteRequest",
    "batch-write": "BatchWriteRequest[]",
}
_GLOBAL: Final = {"Item", "Record", "Readonly", "ReadonlySet", "Uint8Array", "Error", "Map", "RegExp", "JSON", "String"}
_SHARED_NAMES: Final = {
    *("ExactNumber", "DynamoNumber", "Expressions", "TableConstant", "TypeError"),
    *(name.removesuffix("[]") for name in _REQUESTS.values()),
}
_WITHIN: Final = {"table", "environment", "name", "parameters"}
"""What the classes' methods call their own, and would hide a constant of the module behind."""
_WORDS: Final = {
    *(
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
    ),
    *(
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
    ),
    *(
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
    ),
    *("void", "while", "with", "yield"),
}
"""What can't name a constant in strict code."""


def module(families: Sequence[Source], command: str) -> str:
    """The module's text. command: what made it. Raises CodegenError for names that clash."""
    reserved = {*_GLOBAL, *_SHARED_NAMES, *_WORDS, *_WITHIN, "fromEnvironment", "composed"}
    scope = Scope("the TypeScript module", reserved)
    body = "\n".join(part for family in families for part in _family(family, scope))
    keys = ", ".join(family.key for family in families)
    head = (
        f"// Tables and access patterns of {_line(keys)}, typed.\n"
        f"// Made by `{_line(command)}` for contract version {CONTRACT}. Don't edit it: run that again.\n"
    )
    texts = ["shared.ts", *(["composed.ts"] if "composed(" in body else [])]
    return "\n".join([head, *(files(__package__).joinpath(name).read_text("utf-8") for name in texts), body])


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _family(family: Source, scope: Scope) -> Iterator[str]:
    key, thing, name = family.key, f"family {family.key!r}", pascal(family.key)
    constant = scope.give(camel(key), f"the constants of {thing}")
    table_type = scope.give(f"{name}Table", f"the tables of {thing}")
    pattern_type = scope.give(f"{name}Pattern", f"the access patterns of {thing}")
    parameters_type = scope.give(f"{name}Parameters", f"the parameters of {thing}")
    keys_type = scope.give(f"{name}Keys", f"the keys of {thing}")
    requests = scope.give(f"{name}Requests", f"the requests of {thing}")
    yield (
        f"{comment('', f'The family {key}: its tables, keys and indexes by logical name.')}\n"
        f"export const {constant} = {_constants(family)} as const;\n"
    )
    yield f"export type {table_type} = keyof typeof {constant}.tables;\n"
    yield f"export type {pattern_type} = keyof {parameters_type};\n"
    keys = "".join(f"{INDENT}{field(each)}: {_record(_keys(table))};\n" for each, table in family.tables.items())
    yield f"{comment('', 'The key of an item, by table.')}\nexport interface {keys_type} {{\n{keys}}}\n"
    taken = "".join(
        f"{INDENT}{field(each)}: {_parameters(pattern, keys_type)};\n" for each, pattern in family.patterns.items()
    )
    yield f"{comment('', 'What each access pattern takes.')}\nexport interface {parameters_type} {{\n{taken}}}\n"
    methods = Scope(f"family {key!r} in TypeScript", {"constructor", "toString", "valueOf", "toLocaleString"})
    yield "\n".join([
        comment("", f"The access patterns of the family {key}, each as a request that is ready to be sent."),
        f"export class {requests} {{",
        f"{INDENT}readonly #name: (table: {table_type}) => string;",
        "",
        comment(INDENT, "name: gives a table's name in the stage, when a request needs it."),
        f"{INDENT}constructor(name: (table: {table_type}) => string) {{",
        f"{INDENT * 2}this.#name = name;",
        f"{INDENT}}}",
        "",
        comment(INDENT, "Names from environment variables, as `process.env`; only those that are used need to be set."),
        f"{INDENT}static fromEnvironment(environment: Readonly<Record<string, string | undefined>>): {requests} {{",
        f"{INDENT * 2}return new {requests}((table) => fromEnvironment({constant}.tables[table], environment));",
        f"{INDENT}}}",
        *(
            line
            for each, pattern in family.patterns.items()
            for line in _method(methods.give(camel(each), f"access pattern {each!r}"), each, pattern, parameters_type)
        ),
        "}",
        "",
    ])  # fmt: skip


def _constants(family: Source) -> str:
    deep = [INDENT * level for level in range(5)]
    tables = []
    for name, table in family.tables.items():
        indexes = [
            (
                each,
                objects(
                    [("name", string(each)), *_key_pairs(index), ("projection", string(index.projection))], deep[4]
                ),
            )
            for each, index in sorted(table.indexes.items())
        ]
        found = [("name", string(name)), ("variable", string(family.variables[name])), *_key_pairs(table)]
        found += [
            ("ttlAttribute", string(table.ttl_attribute) if table.ttl_attribute else "null"),
            ("indexes", objects(indexes, deep[3])),
        ]
        tables.append((name, objects(found, deep[2])))
    return objects([("family", string(family.key)), ("tables", objects(tables, deep[1]))], "")


def _keys(keyed: ExportedTable | ExportedIndex) -> dict[str, str]:
    return {key.name: _TYPES[key.type] for key in (keyed.hash_key, keyed.range_key) if key}


def _key_pairs(keyed: ExportedTable | ExportedIndex) -> list[tuple[str, str]]:
    return [("hashKey", _key(keyed.hash_key)), ("rangeKey", _key(keyed.range_key) if keyed.range_key else "null")]


def _key(key: ExportedKey) -> str:
    return f"{{ name: {string(key.name)}, type: {string(key.type)} }}"


def _record(types: dict[str, str]) -> str:
    if not types:
        return "Record<string, never>"
    return "{ " + "; ".join(f"{field(name)}: {type_}" for name, type_ in types.items()) + " }"


def _parameters(pattern: Pattern, keys_type: str) -> str:
    types = {name: _TYPES[type_] for name, type_ in pattern.exported.parameters.items()}
    item = f"{keys_type}[{string(pattern.exported.table)}] & Item"
    if pattern.exported.operation == "put":
        types["item"] = item
    elif pattern.exported.operation == "batch-write":
        types["items"] = f"readonly ({item})[]"
    return _record(types)


def _method(method: str, name: str, pattern: Pattern, parameters_type: str) -> Iterator[str]:
    found = pattern.exported
    takes = f"parameters: {parameters_type}[{string(name)}]" if found.parameters else ""
    index = f" by its index {found.index}" if found.index else ""
    texts = [found.key_condition, found.filter and f"filter {found.filter}"]
    texts += [found.condition and f"if {found.condition}", found.update]
    says = "; ".join(text for text in texts if text)
    yield ""
    yield comment(INDENT, f"{pattern.action} on {found.table}{index}{': ' + says if says else ''}")
    yield f"{INDENT}{field(method)}({takes}): {_REQUESTS[found.operation]} {{"
    deeper = INDENT * 2
    if found.operation == "batch-write":
        yield f"{deeper}const requests: BatchWriteRequest[] = [];"
        yield f"{deeper}for (let start = 0; start < parameters.items.length; start += {BATCH}) {{"
        yield f"{deeper}{INDENT}const written = parameters.items.slice(start, start + {BATCH});"
        yield f"{deeper}{INDENT}const items = written.map((Item) => ({{ PutRequest: {{ Item }} }}));"
        yield f"{deeper}{INDENT}requests.push({{ RequestItems: {{ [this.#name({string(found.table)})]: items }} }});"
        yield f"{deeper}}}"
        yield f"{deeper}return requests;"
    else:
        yield f"{deeper}return {objects(_request(pattern), deeper)};"
    yield f"{INDENT}}}"


def _request(pattern: Pattern) -> Iterator[tuple[str, str]]:
    unbound, deeper = pattern.unbound, INDENT * 3
    yield "TableName", f"this.#name({string(pattern.exported.table)})"
    if unbound.key:
        yield "Key", objects([(name, _value(pattern, value)) for name, value in unbound.key.items()], deeper)
    if pattern.exported.operation == "put":
        yield "Item", "parameters.item"
    for name, fixed in unbound.fixed.items():
        if name == "ExpressionAttributeNames":
            yield name, objects([(place, string(attribute)) for place, attribute in fixed.items()], deeper)
        elif isinstance(fixed, bool):
            yield name, str(fixed).lower()
        else:
            yield name, string(fixed)
    if unbound.values:
        values = [(place, _value(pattern, value)) for place, value in unbound.values.items()]
        yield "ExpressionAttributeValues", objects(values, deeper)


def _value(pattern: Pattern, node: Parameter | Literal) -> str:
    """The value as a TypeScript expression."""
    if isinstance(node, Parameter):
        return member("parameters", node.name)
    if isinstance(node.value, bool):
        return str(node.value).lower()
    if node.template is None:
        assert not isinstance(node.value, str)
        return number(node.value, pattern.subject)
    if not node.template.fields:
        return string(node.template.render({}))
    parts = [arrays([string(part) for part in pair if part is not None], "") for pair in node.template.parts]
    for name in node.template.fields:
        if pattern.exported.parameters.get(name) not in ("S", "N"):
            raise CodegenError(f"{pattern.subject}: parameter {name!r} is no text and no number, and stands in {node}")
    return f"composed({string(pattern.subject)}, [{', '.join(parts)}], parameters)"
