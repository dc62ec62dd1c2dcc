"""How fast items are loaded: `tablekit seed`, boto3's `batch_writer` and PynamoDB's batch write, into the same server.

`python -m benchmarks.seed`; what is measured, and how, stands in `benchmarks/README.md`.
"""
