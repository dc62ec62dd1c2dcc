"""The guard: what a plan does to each table, and whether that may go unseen.

documents    a plan (`pulumi preview --json --show-sames`) and a state (`pulumi stack export`), as they are read
shape        one table of either, in DynamoDB's terms
pairing      each table of the state with its step in the plan; refuses a plan that is not this state's
changes      the kinds of change, their level, what they mean and what to do instead
classify     one table's changes
index_steps  several index changes as single ones, in order, and how they are made on the live table
report       who allows which change, the whole, its verdict and exit code; rendering shows it
command      `tablekit guard` and `tablekit index-steps`
"""
