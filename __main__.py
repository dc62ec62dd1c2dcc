"""Deploys the stage's table families: load its configuration, build them, export the contract."""

from components import deploy
from families import catalogue

deploy(catalogue)
