# ruff: noqa
"""Tables and access patterns of shop, typed.

NAME is a table's logical name; its name in a stage is in the environment variable VARIABLE.

Made by `tablekit codegen python` for contract version 1. Don't edit it: run that again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, TypedDict

from tablekit.client import Connection, FamilyTables, Options, Result

_DEFAULT: Final = Options()


ShopTable = Literal["orders"]
ShopPattern = Literal["import", "load-orders", "order", "orders-of-customer", "place-order"]


class ShopOrders:
    """Table `orders`, by `order_id` (S)."""

    NAME: Final = "orders"
    VARIABLE: Final = "DYNAMODB_ORDERS_TABLE"
    HASH_KEY: Final = "order_id"
    TTL_ATTRIBUTE: Final = "ttl"

    class CustomerDayIndex:
        """Index `customer-day-index`, by `customer` (S) and `day` (S)."""

        NAME: Final = "customer-day-index"
        HASH_KEY: Final = "customer"
        RANGE_KEY: Final = "day"
        PROJECTION: Final = "ALL"


class ShopOrdersKey(TypedDict):
    """A key of the table `orders`."""

    order_id: str


class ShopPages:
    """The queries and scans of the family `shop`, page by page; each page is fetched when it is asked for."""

    def __init__(self, tables: FamilyTables) -> None:
        self._tables = tables

    def orders_of_customer(self, *, customer: str, since: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """a customer's orders since a day.

        Query on `orders` by its index `customer-day-index`.

        key: customer = :customer AND day >= :since
        """
        return self._tables.pages("orders-of-customer", options, customer=customer, since=since)


class Shop:
    """The family `shop`: a method runs the access pattern of its name. Raises ContractError where there is none."""

    def __init__(self, connection: Connection) -> None:
        self.tables: Final[FamilyTables] = connection.family("shop")
        self.pages: Final = ShopPages(self.tables)

    def import_(self, *, class_: str, sum: int | Decimal) -> Result:
        """a sum.

        UpdateItem on `orders`.

        key: order_id = :class

        update: SET total = total + :sum
        """
        return self.tables.run("import", sum=sum, **{"class": class_})

    def load_orders(self, *, items: Iterable[Mapping[str, Any]]) -> Result:
        """many orders.

        BatchWriteItem on `orders`.
        """
        return self.tables.run("load-orders", items=[dict(one) for one in items])

    def order(self, *, number: str, tenant: str, options: Options = _DEFAULT) -> Result:
        """one order.

        GetItem on `orders`.

        key: order_id = '{tenant}#{number}'
        """
        return self.tables.run("order", options, number=number, tenant=tenant)

    def orders_of_customer(self, *, customer: str, since: str, options: Options = _DEFAULT) -> Result:
        """a customer's orders since a day.

        Query on `orders` by its index `customer-day-index`.

        key: customer = :customer AND day >= :since
        """
        return self.tables.run("orders-of-customer", options, customer=customer, since=since)

    def place_order(self, *, item: Mapping[str, Any]) -> Result:
        """a new order, once.

        PutItem on `orders`.

        condition: attribute_not_exists(order_id)
        """
        return self.tables.run("place-order", item=dict(item))
