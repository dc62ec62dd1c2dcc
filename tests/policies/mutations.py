"""All the mutations: what somebody could break in the program, a family or a stage, and the rule that owns it."""

from __future__ import annotations

from tests.policies.mutations_access import ACCESS
from tests.policies.mutations_alarms import ALARMS, STACK
from tests.policies.mutations_parameters import PARAMETERS
from tests.policies.mutations_tables import INDEXES, TABLES

MUTATIONS = (*TABLES, *INDEXES, *ACCESS, *ALARMS, *PARAMETERS, *STACK)
