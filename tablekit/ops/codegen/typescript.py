"""A TypeScript module of typed constants, and of requests for the AWS SDK's document client; it imports nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

from tablekit.client.entities import EntityForm
from tablekit.client.requests import BATCH, Pattern
from tablekit.contract.v1 import ExportedIndex, ExportedTable
from tablekit.model.expressions import Literal, Parameter
from tablekit.model.templates import Template
from tablekit.ops.codegen.names import Scope, camel, pascal
from tablekit.ops.codegen.source import CONTRACT, Source
from tablekit.ops.errors import CodegenError

WIDTH = 120
INDENT = "  "
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

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SAFE = 2**53 - 1
"""The largest whole number up to which JavaScript's are exact: Number.MAX_SAFE_INTEGER."""

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
    *("ExactNumber", "DynamoNumber", "Expressions", "TableConstant", "TypeError", "KeyPart", "EntityForm", "Object"),
    *(name.removesuffix("[]") for name in _REQUESTS.values()),
}
_WITHIN: Final = {"table", "environment", "name", "parameters"}
"""What the classes' methods call their own, and would hide a constant of the module behind."""
_WORDS: Final = """
    arguments await break case catch class const continue debugger default delete do else enum eval export
    extends false finally for function if implements import in instanceof interface let new null package private
    protected public return static super switch this throw true try typeof undefined var void while with yield
    """
"""What can't name a constant in strict code."""


def module(families: Sequence[Source], command: str) -> str:
    """The module's text. command: what made it. Raises CodegenError for names that clash."""
    reserved = {*_GLOBAL, *_SHARED_NAMES, *_WORDS.split(), *_WITHIN, "fromEnvironment", "composed", "itemOf"}
    scope = Scope("the TypeScript module", reserved)
    body = "\n".join(part for family in families for part in _family(family, scope))
    keys = ", ".join(family.key for family in families)
    head = (
        f"// Tables and access patterns of {_line(keys)}, typed.\n"
        f"// Made by `{_line(command)}` for contract version {CONTRACT}. Don't edit it: run that again.\n"
    )
    made = "itemOf(" in body
    texts = ["shared.ts", *(["composed.ts"] if made or "composed(" in body else []), *(["entities.ts"] if made else [])]
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
        f"export const {constant} = {literal(_constants(family))} as const;\n"
    )
    yield f"export type {table_type} = keyof typeof {constant}.tables;\n"
    yield f"export type {pattern_type} = keyof {parameters_type};\n"
    keys = "".join(f"{INDENT}{field(each)}: {_record(_keys(table))};\n" for each, table in family.tables.items())
    yield f"{comment('', 'The key of an item, by table.')}\nexport interface {keys_type} {{\n{keys}}}\n"
    items = family.item_names(scope)
    yield from (_item_type(items[each], each, form) for each, form in family.forms.items())
    forms = scope.give(f"{camel(key)}Entities", f"the entities of {thing}")
    taken = "".join(
        f"{INDENT}{field(each)}: {_parameters(pattern, keys_type, items)};\n"
        for each, pattern in family.patterns.items()
    )
    if used := {(each.exported.table, entity) for each in family.patterns.values() for entity in each.forms}:
        yield f"const {forms} = {literal(_forms(family, used))} as const;\n"
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
            for method in (methods.give(camel(each), f"access pattern {each!r}"),)
            for line in _method(method, each, pattern, parameters_type, forms)
        ),
        "}",
        "",
    ])  # fmt: skip


def _constants(family: Source) -> dict[str, Any]:
    tables = {
        name: {
            "name": name,
            "variable": family.variables[name],
            **_named_keys(table),
            "ttlAttribute": table.ttl_attribute,
            "indexes": {
                each: {"name": each, **_named_keys(index), "projection": index.projection}
                for each, index in sorted(table.indexes.items())
            },
        }
        for name, table in family.tables.items()
    }
    return {"family": family.key, "tables": tables}


def _keys(keyed: ExportedTable | ExportedIndex) -> dict[str, str]:
    return {key.name: _TYPES[key.type] for key in (keyed.hash_key, keyed.range_key) if key}


def _named_keys(keyed: ExportedTable | ExportedIndex) -> dict[str, Any]:
    return {"hashKey": keyed.hash_key.model_dump(), "rangeKey": keyed.range_key and keyed.range_key.model_dump()}


def _record(types: dict[str, str]) -> str:
    if not types:
        return "Record<string, never>"
    return "{ " + "; ".join(f"{field(name)}: {type_}" for name, type_ in types.items()) + " }"


def _item_type(name: str, of: tuple[str, str], form: EntityForm) -> str:
    lines = [comment("", f"An item {of[1]} of the table {of[0]}."), f"export interface {name} {{"]
    for each, attribute in form.fields.items():
        lines += [comment(INDENT, attribute.note)] if attribute.note else []
        kinds = [_TYPES[kind] for kind in (attribute.type, *(attribute.also or ()))]
        type_ = " | ".join(map(string, attribute.values) if attribute.values else kinds)
        lines.append(f"{INDENT}{field(each)}{'' if each in form.required else '?'}: {type_};")
    return "\n".join([*lines, "}", ""])


def _forms(family: Source, used: Set[tuple[str, str]]) -> dict[str, Any]:
    """The entities that patterns write, by table and name, for the code that composes their keys."""
    tables: dict[str, dict[str, Any]] = {}
    for table, entity in sorted(used):
        form = family.forms[table, entity]
        tables.setdefault(table, {})[entity] = {
            "keys": {key: _parts(template) for key, template in form.templates.items()},
            "required": sorted(form.required),
            "fields": sorted(form.fields),
            "dropped": sorted({*form.fields} - form.stored),
        }
    return tables


def _parameters(pattern: Pattern, keys_type: str, items: Mapping[tuple[str, str], str]) -> str:
    table, operation = pattern.exported.table, pattern.exported.operation
    types = {name: _TYPES[type_] for name, type_ in pattern.exported.parameters.items()}
    choices = []
    for entity in pattern.forms or (None,):
        item = items[table, entity] if entity else f"{keys_type}[{string(table)}] & Item"
        body = {"item": item} if operation == "put" else {"items": f"readonly ({item})[]"}
        kind = {"entity": string(str(entity))} if len(pattern.forms) > 1 else {}
        choices.append(_record({**types, **(body if operation in ("put", "batch-write") else {}), **kind}))
    return " | ".join(choices)


def _method(method: str, name: str, pattern: Pattern, parameters_type: str, forms: str) -> Iterator[str]:
    found = pattern.exported
    takes = f"parameters: {parameters_type}[{string(name)}]" if found.parameters else ""
    index = f" by its index {found.index}" if found.index else ""
    limit = f", at most {found.limit} read" if found.limit else ""
    texts = [found.key_condition, found.filter and f"filter {found.filter}"]
    texts += [found.condition and f"if {found.condition}", found.update]
    says = "; ".join(text for text in texts if text)
    purpose = f"{found.purpose.removesuffix('.')}. " if found.purpose else ""
    yield ""
    yield comment(INDENT, f"{purpose}{pattern.action} on {found.table}{index}{limit}{': ' + says if says else ''}")
    yield f"{INDENT}{field(method)}({takes}): {_REQUESTS[found.operation]} {{"
    deeper = INDENT * 2
    if found.operation == "batch-write":
        yield f"{deeper}const requests: BatchWriteRequest[] = [];"
        yield f"{deeper}for (let start = 0; start < parameters.items.length; start += {BATCH}) {{"
        yield f"{deeper}{INDENT}const written = parameters.items.slice(start, start + {BATCH});"
        item = _item(pattern, forms, "fields")
        made = "(Item) => ({ PutRequest: { Item } })"
        made = made if item == "fields" else f"(fields) => ({{ PutRequest: {{ Item: {item} }} }})"
        yield f"{deeper}{INDENT}const items = written.map({made});"
        yield f"{deeper}{INDENT}requests.push({{ RequestItems: {{ [this.#name({string(found.table)})]: items }} }});"
        yield f"{deeper}}}"
        yield f"{deeper}return requests;"
    else:
        yield f"{deeper}return {literal(_request(pattern, forms), deeper)};"
    yield f"{INDENT}}}"


def _item(pattern: Pattern, forms: str, given: str) -> Code:
    """The item that is written, as an expression. given: the argument's."""
    if not pattern.forms:
        return Code(given)
    of_table = f"{forms}[{string(pattern.exported.table)}]"
    kind = "parameters.entity" if len(pattern.forms) > 1 else string(*pattern.forms)
    return Code(f"itemOf({string(pattern.subject)}, {of_table}[{kind}], {given})")


def _request(pattern: Pattern, forms: str) -> dict[str, Any]:
    unbound = pattern.unbound
    found: dict[str, Any] = {"TableName": Code(f"this.#name({string(pattern.exported.table)})")}
    if unbound.key:
        found["Key"] = {name: _value(pattern, value) for name, value in unbound.key.items()}
    if pattern.exported.operation == "put":
        found["Item"] = _item(pattern, forms, "parameters.item")
    found |= unbound.fixed
    if unbound.values:
        found["ExpressionAttributeValues"] = {name: _value(pattern, value) for name, value in unbound.values.items()}
    return found


def _value(pattern: Pattern, node: Parameter | Literal) -> Any:
    """The value: an expression, or one that is known."""
    if isinstance(node, Parameter):
        return Code(member("parameters", node.name))
    if isinstance(node.value, bool):
        return node.value
    if node.template is None:
        assert not isinstance(node.value, str)
        return Code(number(node.value, pattern.subject))
    if not node.template.fields:
        return node.template.render({})
    for name in node.template.fields:
        if pattern.exported.parameters.get(name) not in ("S", "N"):
            raise CodegenError(f"{pattern.subject}: parameter {name!r} is no text and no number, and stands in {node}")
    return Code(f"composed({string(pattern.subject)}, {_parts(node.template)}, parameters)")


def _parts(template: Template) -> Code:
    """The template's texts, each with the field behind it and the field's digits."""
    parts = ((text, name, template.widths.get(name or "")) for text, name in template.parts)
    return Code(json.dumps([[each for each in part if each is not None] for part in parts]))


class Code(str):
    """An expression, which `literal` leaves as it is."""

    __slots__ = ()


def string(text: str) -> str:
    """A literal of the text."""
    return json.dumps(text)


def number(value: Decimal, subject: str) -> str:
    """A literal that the document client sends as just this number. Raises CodegenError where JavaScript has none."""
    whole = value == value.to_integral_value()
    if whole and abs(value) > _SAFE:
        return f"{int(value)}n"
    near = repr(int(value)) if whole else repr(float(value))
    if Decimal(near) != value:
        raise CodegenError(f"{subject}: {value} is not a number that JavaScript has; make it a parameter")
    return near


def comment(indent: str, text: str) -> str:
    """A documenting comment, in one line; nothing in the text ends it."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"{indent}/** {plain.replace('*/', '* /')} */"


def field(name: str) -> str:
    """A property's name in a type or an object literal."""
    if name == "__proto__":
        return '["__proto__"]'  # else it would be the object's prototype
    return name if _IDENTIFIER.fullmatch(name) else string(name)


def member(of: str, name: str) -> str:
    """`of.name`, or `of["na-me"]`."""
    return f"{of}.{name}" if _IDENTIFIER.fullmatch(name) else f"{of}[{string(name)}]"


def literal(value: Any, indent: str = "") -> str:
    """A value as a literal; a line a property or an element where one line would be too long."""
    if isinstance(value, Code) or not isinstance(value, Mapping | list):
        return value if isinstance(value, Code) else json.dumps(value)
    deeper = indent + INDENT
    if isinstance(value, Mapping):
        left, space, right = "{", " " if value else "", "}"
        parts = [f"{field(name)}: {literal(inner, deeper)}" for name, inner in value.items()]
    else:
        left, space, right = "[", "", "]"
        parts = [literal(inner, deeper) for inner in value]
    line = f"{left}{space}{', '.join(parts)}{space}{right}"
    if "\n" not in line and len(line) + len(indent) + 30 <= WIDTH:
        return line
    inside = "".join(f"{deeper}{part},\n" for part in parts)
    return f"{left}\n{inside}{indent}{right}"
