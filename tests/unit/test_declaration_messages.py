"""What a family's module is refused for: file, line, object, value, what is allowed, how to fix it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tablekit.model import Family, FamilyError
from tablekit.model.explain import explain
from tests.support.shops import FAMILY, PART, load

CASES = (
    (
        'projection="INCLUDE"',
        'projection="KEYSONLY"',
        "shops/_parts.py:13: table 'orders': index 'status-index': projection: 'KEYSONLY' is not allowed: input "
        "should be 'ALL', 'KEYS_ONLY' or 'INCLUDE'; did you mean 'KEYS_ONLY'?",
    ),
    (
        "Retention(days=90",
        "Retention(days=0",
        "shops/_parts.py:19: table 'orders': retention: days: 0 is not allowed: input should be greater than or "
        "equal to 1",
    ),
    (
        'include=("total", "paid")',
        'include=("total")',
        "shops/_parts.py:14: table 'orders': index 'status-index': include: 'total' stands alone, and a tuple is "
        "wanted; a tuple of one has a comma: include=('total',)",
    ),
    (
        'hash_key=S("operator")',
        'hash_key="operator"',
        "shops/_parts.py:8: table 'orders': index 'operator-index': hash_key: 'operator' is not allowed; write "
        'S("operator"); S is for text, N for a number, B for bytes',
    ),
    (
        '"total": "N"',
        '"total": int',
        "shops/_parts.py:21: table 'orders': attributes.total: <class 'int'> is not allowed; write its type's "
        'letters, as "S", "N" or "BOOL", or Attribute(…)',
    ),
    (
        'filter="status = :status"',
        'filter="#status = :status"',
        "shops/_parts.py:31: table 'orders': access pattern 'orders-of-operator': filter: expression '#status = "
        ":status' is not DynamoDB's grammar at column 1: near '#status = :stat'; attribute names are written as "
        "they are, DynamoDB's reserved words too: leave out the #",
    ),
    (
        'filter="status = :status"',
        'filter="status == :status"',
        "shops/_parts.py:31: table 'orders': access pattern 'orders-of-operator': filter: expression 'status == "
        ":status' is not DynamoDB's grammar at column 9: near '= :status'; equality is one =",
    ),
    (
        'filter="status = :status"',
        'filter="status IN :status"',
        "shops/_parts.py:31: table 'orders': access pattern 'orders-of-operator': filter: expression 'status IN "
        ":status' is not DynamoDB's grammar at column 11: near ':status'; IN takes its values in parentheses, as "
        "IN (:one, :other)",
    ),
    (
        'update="SET paid = true"',
        'update="paid = true"',
        "shops/_parts.py:39: table 'orders': access pattern 'pay': update: expression 'paid = true' is not "
        "DynamoDB's grammar at column 1: near 'paid = true'; an update begins with SET, REMOVE, ADD or DELETE",
    ),
    (
        'projection="INCLUDE"',
        'projecton="INCLUDE"',
        "shops/_parts.py:13: table 'orders': index 'status-index': projecton: no such field; did you mean "
        "'projection'?; remove it or fix its name",
    ),
    (
        'projection="INCLUDE"',
        'tabel="orders"',
        "shops/_parts.py:13: table 'orders': index 'status-index': tabel: no such field; there are name, hash_key, "
        "range_key, purpose, projection, include, local; remove it or fix its name",
    ),
    (
        '"pay",',
        '"payOrder",',
        "shops/_parts.py:36: table 'orders': access pattern 'payOrder': name: 'payOrder' is not allowed: a name is "
        "words of a-z and 0-9 joined by -, a letter first, as 'orders-of-customer'",
    ),
    (
        'hash_key=S("status")',
        'hash_key=N("status")',
        "shops/_parts.py:11: can't be loaded: NameError: name 'N' is not defined; fix the module",
    ),
    (
        'ttl="expires_at"',
        "ttl=",
        "shops/_parts.py:17: can't be loaded: invalid syntax; fix the module",
    ),
    (
        "ORDERS = Table(",
        "exit(3)\nORDERS = Table(",
        "shops/_parts.py:3: can't be loaded: SystemExit: 3; fix the module",
    ),
    (
        '            purpose="Orders by status",\n',
        "",
        "shops/_parts.py:9: table 'orders': index 'status-index': purpose: required, and not given; add it",
    ),
    (
        'include=("total", "paid")',
        'include=("totl", "paid")',
        "shops/_parts.py:9: table 'orders': index 'status-index' includes 'totl', which is not a declared "
        "attribute; did you mean 'total'?; declare it in attributes, or leave it out",
    ),
    (
        'key="operator = :operator"',
        'key="total = :operator"',
        "shops/_parts.py:26: table 'orders': access pattern 'orders-of-operator': key condition names 'total', "
        "which is no key of index 'operator-index'; its keys are operator: declare an index for it, or move it "
        "into filter",
    ),
    (
        'index="operator-index"',
        'index="operators-index"',
        "shops/_parts.py:26: table 'orders': access pattern 'orders-of-operator': no index 'operators-index'; did "
        "you mean 'operator-index'?; the table has operator-index, status-index",
    ),
    (
        'filter="status = :status"',
        "filter='status = \"open\" AND paid = :status'",
        "shops/_parts.py:26: table 'orders': access pattern 'orders-of-operator': filter names 'open', which is "
        "not an attribute of table 'orders'; for a text write 'open', in single quotes",
    ),
    (
        '"expires_at": "N"',
        '"expires_at": "S"',
        "shops/_parts.py:3: table 'orders': TTL attribute 'expires_at' is S; it must be declared as N, a Unix time "
        "in seconds",
    ),
    (
        'name="orders",\n    purpose=',
        '"orders",\n    ',
        "shops/_parts.py:3: table 'orders': can't be loaded: Table takes its fields by name, as name=…; fix the module",
    ),
    (
        "tables=(ORDERS,)",
        "tables=(ORDERS)",
        "shops/shop.py:11: family 'shop': tables: Table(…) stands alone, and a tuple is wanted; a tuple of one has "
        "a comma: tables=(Table(…),)",
    ),
    (
        "tables=(ORDERS,)",
        "tables=((ORDERS,),)",
        "shops/shop.py:11: family 'shop': tables[0]: a tuple of one Table is given, and Table(…) itself is wanted; "
        "remove the comma behind it",
    ),
    (
        '    cost_centre="shop",\n',
        "",
        "shops/shop.py:4: family 'shop': cost_centre: required, and not given; add it",
    ),
    (
        'access="read-only"',
        'access="read-only", patterns=("orders-of-operater",)',
        "shops/shop.py:14: family 'shop': role 'readonly': no access pattern 'orders-of-operater'; did you mean "
        "'orders-of-operator'?; name one of the family's",
    ),
    (
        'purpose="Support"',
        'purpose="Support \u2013 reads"',
        "shops/shop.py:14: family 'shop': role 'readonly': purpose: 'Support \u2013 reads' is not allowed: IAM takes 1 "
        "to 1000 characters of Latin-1 here; write - for a long dash, ' for a curved quote",
    ),
    (
        "FAMILY =",
        "SHOP =",
        "shops/shop.py: no FAMILY is defined; write FAMILY = Family(…), or put _ before the name of a module that "
        "is a part",
    ),
    (
        "FAMILY = Family(",
        "FAMILY = dict(",
        "shops/shop.py: FAMILY is {",
    ),
    (
        "import ORDERS\nfrom tablekit",
        "import ORDER, ORDERS\nfrom tablekit",
        "shops/shop.py:1: can't be loaded: ImportError: cannot import name 'ORDER' from 'shops._parts' (",
    ),
)


@pytest.mark.parametrize(("old", "new", "says"), CASES, ids=[new or old for old, new, _ in CASES])
def test_what_is_wrong_is_named_with_file_line_and_object(old: str, new: str, says: str) -> None:
    with pytest.raises(FamilyError) as error:
        load(PART.replace(old, new, 1), FAMILY.replace(old, new, 1))
    assert str(error.value).startswith(says)


def test_a_comma_behind_the_family_is_named() -> None:
    with pytest.raises(FamilyError) as error:
        load(PART, f"{FAMILY.rstrip()},\n")
    assert str(error.value) == "shops/shop.py: FAMILY is a tuple of one Family; remove the comma behind Family(…)"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ownr": "x"}, "ownr: no such field; did you mean 'owner'?; remove it or fix its name"),
        (
            {"tables": [{"attributes": {"type": {"valeus": ["x"]}}}]},
            "tables[0].attributes.type.valeus: no such field; did you mean 'values'?; remove it or fix its name",
        ),
        ({"key": {"x": 1}}, "key: {'x': 1} is not allowed: input should be a valid string"),
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
