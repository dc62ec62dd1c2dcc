"""What moto works out anew at every call, remembered: half of a call's processor time.

moto's version is locked, and `tests/unit/test_emulator_memory.py` holds its answers against those without this.
"""

from __future__ import annotations

from functools import cache
from string import ascii_letters, digits
from typing import Any

from moto import backends
from moto.core import responses, serialize, utils
from moto.moto_api._internal import moto_random
from moto.moto_server import werkzeug_app

_PROVIDERS = serialize.DEFAULT_ALIAS_PROVIDERS
_MISSING = object()


def remember() -> None:
    """Have this process's moto remember the names of its services, hosts and calls, and of a response's fields."""
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = cache(utils.method_names_from_class)  # type: ignore[attr-defined]
    moto_random.MotoRandom.get_random_string = _drawn_at_once  # type: ignore[method-assign]
    dispatcher = werkzeug_app.DomainDispatcherApplication
    dispatcher.get_backend_for_host = _once_a_host(dispatcher.get_backend_for_host)  # type: ignore[method-assign]
    serialize.ResponseSerializer.get_value = _remembering(serialize.ResponseSerializer.get_value)  # type: ignore[method-assign]


def _drawn_at_once(self: Any, length: int = 20, include_digits: bool = True, lower_case: bool = False) -> str:
    """A random text as moto draws it, a request's id above all, though not letter by letter."""
    drawn = "".join(self.choices(ascii_letters + digits if include_digits else ascii_letters, k=length))
    return drawn.lower() if lower_case else drawn


def _once_a_host(find: Any) -> Any:
    """Which service answers for a host's name: moto compares it with the patterns of all."""
    known: dict[str | None, Any] = {}

    def found(self: Any, host: str | None) -> Any:
        if host not in known:
            known[host] = find(self, host)
        return known[host]

    return found


def _remembering(get_value: Any) -> Any:
    """A field of an object, by names that depend on the object's class and the field's place in the service's model."""
    known: dict[tuple[Any, ...], tuple[str, ...] | None] = {}

    def got(self: Any, value: Any, key: str, shape: Any) -> Any:
        picker, kind = self._value_picker, type(value)
        place = (type(picker), kind, key, shape, getattr(shape, "parent", None))
        if place not in known:
            known[place] = _names(picker, value, key, shape)
        names = known[place]
        if names is None or picker.response_transformers or picker.alias_providers is not _PROVIDERS:
            return get_value(self, value, key, shape)
        if kind is dict:
            return next((value[name] for name in names if name in value), None)
        found = (utils.get_value(value, name, _MISSING) for name in names)
        return next((each for each in found if each is not _MISSING), None)

    return got


def _names(picker: Any, value: Any, key: str, shape: Any) -> tuple[str, ...] | None:
    """Under which names moto looks for the field; None where the object itself has a say in that."""
    if not isinstance(picker, serialize.AttributePicker) or hasattr(value, "Meta"):
        return None
    names = tuple(dict.fromkeys(picker.get_possible_keys(serialize.AttributePickerContext(value, key, shape))))
    return None if any("." in name for name in names) else names
