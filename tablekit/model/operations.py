"""What a system's document asks for beside its tables, as its family declares it; a stage's settings switch it."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictInt, model_validator

from tablekit.model.base import Declared, Settings
from tablekit.model.limits import MAX_BUDGET_ALERTS

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""A currency by its ISO code, as `USD`."""


def _rising(amounts: tuple[int, ...]) -> tuple[int, ...]:
    if list(amounts) != sorted(set(amounts)):
        raise ValueError(f"{', '.join(map(str, amounts))} do not rise; give each once, the least first")
    if len(amounts) > MAX_BUDGET_ALERTS:
        raise ValueError(f"{len(amounts)} amounts; a budget notifies of {MAX_BUDGET_ALERTS} at most: drop some")
    return amounts


Amounts = Annotated[tuple[Annotated[StrictInt, Field(ge=1)], ...], AfterValidator(_rising)]
"""Amounts of a month at which somebody hears, the least first; the last is the budget's limit."""


class Budget(Declared):
    """What a system may cost a month.

    purpose: the document's words. alerts, currency: its amounts; none where it gives none, and a stage's file has to.
    """

    purpose: str = Field(min_length=1)
    alerts: Amounts = ()
    currency: Currency = "USD"

    def problem(self, family: str, billed_in: str) -> str:
        """Why it can't be made as it is declared, in an account that is billed in that currency; empty where it can."""
        write = f"add {family} to budgetAlerts, with amounts in {billed_in}, as [25, 50]"
        if not self.alerts:
            return f"family {family!r} declares a budget without amounts ({self.purpose}); {write}"
        if self.currency == billed_in:
            return ""
        amounts = ", ".join(map(str, self.alerts))
        return (
            f"family {family!r} declares {amounts} {self.currency}, and the account is billed in {billed_in} "
            f"(billingCurrency), the only currency that AWS takes; {write}"
        )


class TableLimits(Settings):
    """How much each table of a family may hold: somebody hears of more items, and of 80 % of so many gigabytes."""

    items: Annotated[StrictInt, Field(ge=1)] | None = None
    gigabytes: Annotated[StrictInt, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.items is None and self.gigabytes is None:
            raise ValueError("no limit; give items, gigabytes or both, as {items: 100000, gigabytes: 10}")
        return self


class Growth(Declared):
    """What a document says of how large its tables may become.

    purpose: its words. limits: its numbers; None where it gives none, and a stage's file has to.
    """

    purpose: str = Field(min_length=1, max_length=500)
    limits: TableLimits | None = None

    def problem(self, family: str) -> str:
        """Why it makes no alarm as it is declared; empty where it makes some."""
        if self.limits:
            return ""
        write = f"add {family} to growthLimits, as {{gigabytes: 10}}"
        return f"family {family!r} declares growth without limits ({self.purpose}); {write}"


class Figures(Declared):
    """Metrics that a system's own code puts into CloudWatch, without dimensions: its dashboard shows them.

    namespace: one that a role of the family may put metrics into. metrics: name -> the statistic that says most.
    """

    namespace: str = Field(min_length=1)
    metrics: dict[str, Literal["Sum", "Average", "Maximum", "Minimum"]] = Field(min_length=1)


_ENDPOINTS = {
    "email": (re.compile(r"[^@\s]+@[^@\s]+"), "ops@example.com"),
    "email-json": (re.compile(r"[^@\s]+@[^@\s]+"), "ops@example.com"),
    "https": (re.compile(r"https://[^\s/]+\S*"), "https://example.com/alarms"),
    "sqs": (re.compile(r"arn:aws[a-z-]*:sqs:\S+"), "arn:aws:sqs:<region>:<account>:<queue>"),
    "lambda": (re.compile(r"arn:aws[a-z-]*:lambda:\S+"), "arn:aws:lambda:<region>:<account>:function:<name>"),
    "sms": (re.compile(r"\+\d{6,15}"), "+441632960000"),
}


class Subscription(Settings):
    """A subscriber of the alarms' topics."""

    protocol: Literal["email", "email-json", "https", "sqs", "lambda", "sms"]
    endpoint: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        form, example = _ENDPOINTS[self.protocol]
        if not form.fullmatch(self.endpoint):
            raise ValueError(f"endpoint {self.endpoint!r} does not fit protocol {self.protocol}; write it as {example}")
        return self
