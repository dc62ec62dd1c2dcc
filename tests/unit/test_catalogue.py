"""Families beside each other, and the names of stages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.model import Catalogue, CatalogueError, Family, Reach, StageError
from tablekit.model.naming import STAGE_NAME
from tests.support.declare import family, pattern, role, table


def other(**changes: Any) -> Family:
    return family(**{"key": "store", "table_name": "store-{table}", **changes})


def reaching(family_key: str = "store", pattern_name: str = "place-order", **changes: Any) -> Family:
    """The shop, with a role that reaches into another family."""
    option = changes.pop("option", None)
    reach = Reach(family=family_key, patterns=(pattern_name,), purpose="see", option=option)
    return family(roles=(role(reaches=(reach,), **changes),))


STORE_ORDERS = family(tables=(table(), table(name="store-orders")))
SHOP_STORE = family(key="shop-store", table_name="x-{table}", roles=(role(name="x"),))
WHOLE = pattern(name="order", operation="get", index=None, key="order_id = :id", example={"id": "o1"})
SECRETS = table(secrets=("token",), indexes=(), patterns=(WHOLE,))
THE_ROLE = (role(physical="the-role"),)


@pytest.mark.parametrize(
    ("families", "says"),
    [
        ((family(), family(table_name="other-{table}")), "two families are named 'shop'"),
        (
            (family(table_name="{table}"), other(table_name="{table}")),
            "shop/orders and store/orders would both be called 'orders'",
        ),
        (
            (family(), other(table_name="shop-store-{table}")),
            "the prefix 'shop-' of family 'shop' in prod matches 'shop-store-orders' of family 'store', "
            "whose items its roles could then use; give one of them another table_name",
        ),
        ((family(), other(reserved=("shop-orders",))), "exists already); rename it, or where it is that table, take"),
        ((family(), other(reserved=("shop-*",))), "'shop-orders', which is reserved ('shop-*' of"),
        # A role on `store-*` could use a live `store-manager-…`, though no declared table takes that name.
        ((family(reserved=("store-manager-*",)), other()), "matches 'store-manager-*', which family 'shop' reserves"),
        ((family(reserved=("store-conversations",)), other()), "matches 'store-conversations', which family 'shop'"),
        ((family(reserved=("st*-manager",)), other()), "matches 'st*-manager', which family 'shop' reserves"),
        (
            (STORE_ORDERS, SHOP_STORE),
            "shop/store-orders and shop-store/orders would both be the resource 'shop-store-orders'",
        ),
        ((family(roles=THE_ROLE), other(roles=THE_ROLE)), "would both have a role 'the-role'"),
        (
            (reaching("stor", "x"), other()),
            "reaches into family 'stor', which is not another family; did you mean 'store'?",
        ),
        (
            (reaching(option="shop-writes-store", access="read-only"), other()),
            "is read-only and reaches for 'place-order'",
        ),
        ((reaching(), other()), "needs an option, off by default"),
        (
            (reaching(pattern_name="order", access="read-only"), other(tables=(SECRETS,))),
            "is read-only and reaches into family 'store', whose access pattern 'order' reads the secrets of table",
        ),
    ],
)
def test_families_that_can_not_stand_beside_each_other_are_one_message(families: tuple[Family, ...], says: str) -> None:
    with pytest.raises(CatalogueError) as error:
        Catalogue(families)
    assert "\n" not in str(error.value)
    assert says in str(error.value)


def test_a_reach_that_writes_has_an_option() -> None:
    assert Catalogue([reaching(option="shop-writes-store"), other()]).options() == {"shop-writes-store"}


def test_an_unknown_family_is_named_with_those_there_are() -> None:
    with pytest.raises(CatalogueError, match="no family 'shp'; did you mean 'shop'"):
        Catalogue([family()]).family("shp")


CATALOGUE = Catalogue([family(), other(table_name="st0-{stage}-{table}"), family(key="bare", table_name="{table}")])


@pytest.mark.parametrize("name", ["shop", "st0", "store", "bare"])
def test_a_stage_is_no_familys_prefix_or_key(name: str) -> None:
    with pytest.raises(StageError, match="name the stack otherwise"):
        CATALOGUE.check_stage(name)


@pytest.mark.parametrize("name", ["", "d", "Dev", "dev-1", "1dev", "averylongname", "prod-"])
def test_a_stage_name_has_one_form(name: str) -> None:
    with pytest.raises(StageError, match="2 to 10 of a-z and 0-9"):
        CATALOGUE.check_stage(name)


@given(st.from_regex(STAGE_NAME, fullmatch=True), st.from_regex(STAGE_NAME, fullmatch=True))
def test_no_stages_prefix_matches_another_stages_table(stage: str, another: str) -> None:
    """Whatever two stages are called: a prefix-scoped role of one never matches a table of the other."""
    for name in (stage, another):
        try:
            CATALOGUE.check_stage(name)
        except StageError:
            return
    if stage == another:
        return
    for owner in CATALOGUE:
        prefix = owner.prefix(stage)
        for declared in CATALOGUE:
            for each in declared.tables:
                assert prefix is None or not declared.table_name_for(each.name, another).startswith(prefix)


def test_a_tables_own_pattern_is_checked_in_its_family() -> None:
    both = family(tables=(table(name="refunds", patterns=(pattern(),)), table()))
    assert both.patterns_of(both.role("app"))[0].table == "refunds"
