"""tablekit: DynamoDB table families, declared once with their access patterns.

Rooms, each of which imports only those before it: `model` (the declaration), `contract` (what a stack exports),
`client` (runs a declared access pattern), `ops` (the `tablekit` command).
"""
