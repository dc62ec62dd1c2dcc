"""NoSQL Workbench's data model files: written from the families, and made into a family module.

format    the file (version 3.0) as models: writing is exact, reading says which fields it does not know
facets    an entity of a table as a facet, and back
values    the types that attributes have in items; items that the application keeps in plain JSON
export    a family as a data model, and what of it has no place there
declare   a data model as a family with its items, and the access patterns that keys and indexes give
module    a family as a module, laid out as `ruff format` does
command   `tablekit export nosql-workbench` and `tablekit import nosql-workbench`
"""
