"""What a family's module is refused for: file, line, object, value, what is allowed, how to fix it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tablekit.model import Family, FamilyError
from tablekit.model.explain import explain
from tests.support.shops import FAMILY, PART, load


def line(text: str, of: str) -> int:
    return text[: text.index(of)].count("\n") + 1


IN_PARTS = {
    "a value that is not allowed": (
        'projection="INCLUDE"',
        'projection="KEYSONLY"',
        "table 'orders': index 'status-index': projection: 'KEYSONLY' is not allowed: input should be 'ALL', "
        "'KEYS_ONLY' or 'INCLUDE'; did you mean 'KEYS_ONLY'?",
    ),
    "a number too small": (
        "limit=10",
        "limit=0",
        "table 'orders': access pattern 'orders-of-operator': "
        "limit: 0 is not allowed: input should be greater than or equal to 1",
    ),
    "a part without a name": (
        "Retention(days=90",
        "Retention(days=0",
        "table 'orders': retention: days: 0 is not allowed: input should be greater than or equal to 1",
    ),
    "no comma in a tuple of one object": (
        """(
        Index(name="operator-index", hash_key=S("operator"), purpose="An operator's orders"),
        Index(
            name="status-index",
            hash_key=S("status"),
            purpose="Orders by status",
            projection="INCLUDE",
            include=("total", "paid"),
        ),
    ),""",
        """(Index(name="operator-index", hash_key=S("operator"), purpose="An operator's orders")),""",
        "table 'orders': indexes: Index(…) stands alone, and a tuple is wanted; a tuple of one has a comma: "
        "indexes=(Index(…),)",
    ),
    "no comma in a tuple of one text": (
        'include=("total", "paid")',
        'include=("total")',
        "table 'orders': index 'status-index': include: 'total' stands alone, and a tuple is wanted; a tuple of one "
        "has a comma: include=('total',)",
    ),
    "a text for a key": (
        'hash_key=S("operator")',
        'hash_key="operator"',
        "table 'orders': index 'operator-index': hash_key: 'operator' is not allowed; write S(\"operator\"); "
        "S is for text, N for a number, B for bytes",
    ),
    "a Python type for an attribute's": (
        '"total": "N"',
        '"total": int',
        "table 'orders': attributes.total: <class 'int'> is not allowed; write its type's letters, as \"S\", \"N\" or "
        '"BOOL", or Attribute(…)',
    ),
    "an unknown type of an attribute": (
        '"paid": "BOOL"',
        '"paid": "BOOLEAN"',
        "table 'orders': attributes.paid.type: 'BOOLEAN' is not allowed: input should be 'S', 'N', 'B', 'BOOL', "
        "'NULL', 'M', 'L', 'SS', 'NS' or 'BS'; did you mean 'BOOL'?",
    ),
    "a name behind #": (
        'filter="status = :status"',
        'filter="#status = :status"',
        "table 'orders': access pattern 'orders-of-operator': "
        "filter: expression '#status = :status' is not DynamoDB's grammar at "
        "column 1: near '#status = :stat'; attribute names are written as they are, DynamoDB's reserved words too: "
        "leave out the #",
    ),
    "an equality as Python's": (
        'filter="status = :status"',
        'filter="status == :status"',
        "table 'orders': access pattern 'orders-of-operator': "
        "filter: expression 'status == :status' is not DynamoDB's grammar at "
        "column 9: near '= :status'; equality is one =",
    ),
    "an IN without parentheses": (
        'filter="status = :status"',
        'filter="status IN :status"',
        "table 'orders': access pattern 'orders-of-operator': "
        "filter: expression 'status IN :status' is not DynamoDB's grammar at "
        "column 11: near ':status'; IN takes its values in parentheses, as IN (:one, :other)",
    ),
    "an update without its verb": (
        'update="SET paid = true"',
        'update="paid = true"',
        "table 'orders': access pattern 'pay': "
        "update: expression 'paid = true' is not DynamoDB's grammar at column 1: near "
        "'paid = true'; an update begins with SET, REMOVE, ADD or DELETE",
    ),
    "a misspelt field": (
        'projection="INCLUDE"',
        'projecton="INCLUDE"',
        "table 'orders': index 'status-index': projecton: no such field; did you mean 'projection'?; "
        "remove it or fix its name",
    ),
    "a field that only other models have": (
        'projection="INCLUDE"',
        'tabel="orders"',
        "table 'orders': index 'status-index': tabel: no such field; there are name, hash_key, range_key, purpose, "
        "projection, include, local; remove it or fix its name",
    ),
    "a name in another form": (
        '"pay",',
        '"payOrder",',
        "table 'orders': access pattern 'payOrder': name: 'payOrder' is not allowed: a name is words of a-z and "
        "0-9 joined by -, a letter first, as 'orders-of-customer'",
    ),
    "a name that is not imported": (
        'hash_key=S("status")',
        'hash_key=N("status")',
        "can't be loaded: NameError: name 'N' is not defined; fix the module",
    ),
    "a syntax error": ('ttl="expires_at"', "ttl=", "can't be loaded: invalid syntax; fix the module"),
    "an end of the program": (
        "ORDERS = Table(",
        "exit(3)\nORDERS = Table(",
        "can't be loaded: SystemExit: 3; fix the module",
    ),
    "an error of no kind": (
        "ORDERS = Table(",
        "raise BaseException('no')\nORDERS = Table(",
        "can't be loaded: BaseException: no; fix the module",
    ),
}


@pytest.mark.parametrize("case", IN_PARTS)
def test_what_is_wrong_in_a_part_is_named_with_its_file_and_line(case: str) -> None:
    old, new, says = IN_PARTS[case]
    with pytest.raises(FamilyError) as error:
        load(PART.replace(old, new, 1))
    assert str(error.value) == f"shops/_parts.py:{line(PART, old)}: {says}"


WHOLE = {
    "a field that is missing": (
        '            purpose="Orders by status",\n',
        "",
        'Index(\n            name="status',
        "table 'orders': index 'status-index': purpose: required, and not given; add it",
    ),
    "an index that can't be": (
        'include=("total", "paid")',
        'include=("totl", "paid")',
        'Index(\n            name="status',
        "table 'orders': index 'status-index' includes 'totl', which is not a declared attribute; "
        "did you mean 'total'?; declare it in attributes, or leave it out",
    ),
    "a pattern that no key serves": (
        'key="operator = :operator"',
        'key="total = :operator"',
        'query(\n            "orders-of',
        "table 'orders': access pattern 'orders-of-operator': key condition names 'total', which is no key of index "
        "'operator-index'; its keys are operator: declare an index for it, or move it into filter",
    ),
    "a pattern on another index": (
        'index="operator-index"',
        'index="operators-index"',
        'query(\n            "orders-of',
        "table 'orders': access pattern 'orders-of-operator': no index 'operators-index'; did you "
        "mean 'operator-index'?; the table has operator-index, status-index",
    ),
    "a text in double quotes": (
        'filter="status = :status"',
        "filter='status = \"open\" AND paid = :status'",
        'query(\n            "orders-of',
        "table 'orders': access pattern 'orders-of-operator': filter names 'open', which is not an attribute of table "
        "'orders'; for a text write 'open', in single quotes",
    ),
    "a table whose TTL is no number": (
        '"expires_at": "N"',
        '"expires_at": "S"',
        "ORDERS = Table(",
        "table 'orders': TTL attribute 'expires_at' is S; it must be declared as N, a Unix time in seconds",
    ),
    "fields by place": (
        'name="orders",\n    purpose=',
        '"orders",\n    ',
        "ORDERS = Table(",
        "table 'orders': can't be loaded: Table takes its fields by name, as name=…; fix the module",
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_what_is_wrong_with_a_whole_object_is_named_where_it_is_declared(case: str) -> None:
    old, new, at, says = WHOLE[case]
    with pytest.raises(FamilyError) as error:
        load(PART.replace(old, new, 1))
    assert str(error.value) == f"shops/_parts.py:{line(PART, at)}: {says}"


IN_FAMILY = {
    "no comma in a tuple of one table": (
        "tables=(ORDERS,)",
        "tables=(ORDERS)",
        ":11: family 'shop': tables: Table(…) stands alone, and a tuple is wanted; a tuple of one has a comma: "
        "tables=(Table(…),)",
    ),
    "a comma behind a table": (
        "tables=(ORDERS,)",
        "tables=((ORDERS,),)",
        ":11: family 'shop': tables[0]: a tuple of one Table is given, and Table(…) itself is wanted; "
        "remove the comma behind it",
    ),
    "a field that is missing": (
        '    cost_centre="shop",\n',
        "",
        ":4: family 'shop': cost_centre: required, and not given; add it",
    ),
    "a role's unknown pattern": (
        'access="read-only"',
        'access="read-only", patterns=("orders-of-operater",)',
        ":14: family 'shop': role 'readonly': no access pattern 'orders-of-operater'; did you mean "
        "'orders-of-operator'?; name one of the family's",
    ),
    "a description that IAM refuses": (
        'purpose="Support"',
        'purpose="Support \u2013 reads"',
        ":14: family 'shop': role 'readonly': purpose: 'Support \u2013 reads' is not allowed: IAM takes 1 to 1000 "
        "characters of Latin-1 here; write - for a long dash, ' for a curved quote",
    ),
    "no family": (
        "FAMILY =",
        "SHOP =",
        ": no FAMILY is defined; write FAMILY = Family(…), or put _ before the name of a module that is a part",
    ),
    "a family of another type": ("FAMILY = Family(", "FAMILY = dict(", ": FAMILY is {"),
    "a name that the other module lacks": (
        "import ORDERS\nfrom tablekit",
        "import ORDER, ORDERS\nfrom tablekit",
        ":1: can't be loaded: ImportError: cannot import name 'ORDER' from 'shops._parts' (",
    ),
}


@pytest.mark.parametrize("case", IN_FAMILY)
def test_what_is_wrong_in_the_familys_own_module_is_named_there(case: str) -> None:
    old, new, says = IN_FAMILY[case]
    with pytest.raises(FamilyError) as error:
        load(PART, FAMILY.replace(old, new, 1))
    assert str(error.value).startswith(f"shops/shop.py{says}")


def test_a_comma_behind_the_family_is_named() -> None:
    with pytest.raises(FamilyError) as error:
        load(PART, f"{FAMILY.rstrip()},\n")
    assert str(error.value) == "shops/shop.py: FAMILY is a tuple of one Family; remove the comma behind Family(…)"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ownr": "x"}, "ownr: no such field; did you mean 'owner'?; remove it or fix its name"),
        (
            {"tables": [{"indexes": [{"tabel": "x"}]}]},
            "tables[0].indexes[0].tabel: no such field; there are name, hash_key, range_key, purpose, projection, "
            "include, local; remove it or fix its name",
        ),
        (
            {"tables": [{"attributes": {"type": {"valeus": ["x"]}}}]},
            "tables[0].attributes.type.valeus: no such field; did you mean 'values'?; remove it or fix its name",
        ),
        (
            {"roles": [{"tenant": {"leadingkeys": []}}]},
            "roles[0].tenant.leadingkeys: no such field; did you mean 'leading_keys'?; remove it or fix its name",
        ),
    ],
)
def test_a_misspelt_field_is_taken_for_one_of_its_own_model(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as error:
        Family.model_validate(changes)
    assert f"family: {says}" in explain("family", error.value, Family).splitlines()


def test_two_modules_of_one_key_are_both_named() -> None:
    with pytest.raises(FamilyError) as error:
        load(PART, FAMILY, store=FAMILY)
    assert str(error.value) == "shops/store.py: key 'shop' is that of shops/shop.py; rename one"
