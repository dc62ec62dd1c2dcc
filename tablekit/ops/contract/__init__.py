"""`tablekit contract`: what changed between two contracts, and the golden files that CI compares.

sources     what a word on the command line names: a file, a git revision, a stack, standard input
report      the comparison, who allows which breaking change, and the exit code
command     the commands
"""
