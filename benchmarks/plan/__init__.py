"""How long a plan takes: this project's preview, a flat program's preview, and `cdk synth`, of the same resources.

`python -m benchmarks.plan`; what is measured, and how, stands in `benchmarks/README.md`.
"""
