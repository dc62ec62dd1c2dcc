"""An item of one of a table's entities, made of its fields: keys that have a template are composed, never typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tablekit.client.errors import ParameterError
from tablekit.contract.v1 import ExportedAttribute, ExportedTable
from tablekit.model.errors import did_you_mean
from tablekit.model.items import example_problems
from tablekit.model.templates import Template

_TEXT = ExportedAttribute(type="S")


@dataclass(frozen=True)
class EntityForm:
    """What an entity's item is made of.

    templates: key attribute -> its template. fields: all that may be given, by name; of those that are required the
    first: the fields of the templates, and the table's keys that have none. stored: fields that the item keeps.
    """

    templates: Mapping[str, Template]
    fields: Mapping[str, ExportedAttribute]
    required: frozenset[str]
    stored: frozenset[str]

    def compose(self, what: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The item of these fields, in plain Python. what: how messages call it. Raises ParameterError."""
        for problem in self._problems(given):
            raise ParameterError(f"{what}: {problem}")
        kept = {name: value for name, value in given.items() if name in self.stored}
        return kept | {key: template.render(given) for key, template in self.templates.items()}

    def _problems(self, given: Mapping[Any, Any]) -> Iterator[str]:
        for name in given:
            if not isinstance(name, str):
                yield f"field {name!r} is a {type(name).__name__}; names of fields are str: quote it"
            elif name not in self.fields and name not in self.templates:
                yield f"no field {name!r}{did_you_mean(name, self.fields)}; it has {', '.join(self.fields)}"
        for name, attribute in self.fields.items():
            if name in given:
                yield from _value_problems(name, given[name], attribute)
            elif name in self.required:
                makes = [key for key, template in self.templates.items() if name in template.fields] or [name]
                yield f"field {name!r} is missing, which makes {' and '.join(makes)}"
        for key, template in self.templates.items():
            yield from template_problems(template, given, "field")
            if key not in self.fields and given.get(key, text := template.render(given)) != text:
                yield f"key {key} is {given[key]!r}, and the fields make {text!r} of it; leave it out"


def entity_form(table: ExportedTable, name: str) -> EntityForm:
    """The form of one of the table's entities."""
    entity = table.entities[name]
    templates = {key: Template(text) for key, text in sorted(entity.keys.items())}
    keys = [key.name for key in (table.hash_key, table.range_key) if key and key.name not in templates]
    required = frozenset([*keys, *(field for template in templates.values() for field in template.fields)])
    stored = frozenset([*keys, *(table.attributes if entity.attributes is None else entity.attributes)])
    stored -= templates.keys()
    names = [*sorted(required), *sorted(stored - required)]
    return EntityForm(templates, {name: table.attributes.get(name, _TEXT) for name in names}, required, stored)


def template_problems(template: Template, values: Mapping[str, Any], what: str) -> Iterator[str]:
    """Why these values make no key: it is taken apart again, and one with a separator in it could name another item.

    what: what the messages call a value.
    """
    if unfit := [field for field in template.fields if not template.fits(field, values[field])]:
        width = template.widths.get(unfit[0])
        takes = f"a whole number of up to {width} digits" if width else "one character or more"
        yield f"{what} {unfit[0]} is {values[unfit[0]]!r}, and {template.text!r} takes {takes} of it"
    elif not template.is_plain(values):
        yield (
            f"the values make {template.render(values)!r} of {template.text!r}, which could be read as other values "
            "too; give values without the text that stands between the fields"
        )


def _value_problems(name: str, value: Any, attribute: ExportedAttribute) -> Iterator[str]:
    types = (attribute.type, *(attribute.also or ()))
    tried = [example_problems({name: value}, {name: type_}, "field") for type_ in types]
    if all(tried):
        yield tried[0][0]
    elif attribute.values and value not in attribute.values:
        yield f"field {name}={value!r} is not allowed; its values are {', '.join(attribute.values)}"
