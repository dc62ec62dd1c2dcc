"""Typed constants and access patterns in another team's language, from the contract or the declarations.

source       the families, from a stack's outputs or from their declarations: the same code comes of both
names        a contract's names as a language's; two that become one are reported
python       the module over `tablekit.client`
typescript   the module that makes requests for the AWS SDK's document client; it imports nothing
command      `tablekit codegen`

Generated code is free of the stage: it knows tables by logical name, and gets physical names at run time (ADR 0039).
"""
