"""NoSQL Workbench's data model files: written from the families, and made into a family module.

format    the file (version 3.0) as models: writing is exact, reading says which fields it does not know
facets    an entity of a table as a facet, and back
plain     items that the application keeps in plain JSON
values    the types that attributes have in items
export    a family as a data model
left_out  what a family has and a data model has no place for
declare   a data model as a family with its items
derive    the access patterns that keys and indexes give
source    Python source of declarations, laid out as `ruff format` does
module    a family as a module
files     writes several files, and nothing over what is there
command   `tablekit export nosql-workbench` and `tablekit import nosql-workbench`
"""
