"""The policy pack: what a stack of table families may hold. `__main__.py` serves it to the engine.

A rule is an object (`policies.rule.Rule`) in the module of its topic; `policies.pack.RULES` lists them all.
"""
