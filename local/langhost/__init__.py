"""A minimal Python language host for the Pulumi engine.

The official one, `pulumi-language-python`, comes with the official distribution only, so an engine that was built from
its modules has none. This one stands in there and nowhere else. It runs a program in its own process (the official
host starts one for each run) and a plug-in, such as a policy pack, in a child process; both with the Python that runs
it, which is the project's virtual environment, whatever `virtualenv:` in a Pulumi.yaml says.
"""
