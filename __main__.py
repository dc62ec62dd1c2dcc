"""Deploys the stage's table families: load its configuration, build them, export the contract."""

import pulumi

from components import deploy
from families import catalogue

pulumi.run(lambda: deploy(catalogue))
