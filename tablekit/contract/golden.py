"""The form in which a stage's outputs are kept in the repository, to be read and compared.

Names are sorted, and what a deployment decides by itself is a placeholder: the account's id, and the time in a
stream's ARN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

ACCOUNT: Final = "123456789012"
"""The id that AWS's documentation uses in examples, and the emulator as its own: no account that anybody has."""
STREAM_LABEL: Final = "2000-01-01T00:00:00.000"
"""In place of the time at which a stream was made."""
ARN: Final = re.compile(r"^(arn:[^:]*:[^:]*:[^:]*:)(\d{12})(:.*)$", re.DOTALL)
"""An ARN with an account: what is before the account, the account, what is after."""
_STREAM: Final = re.compile(r"^(arn:[^:]*:dynamodb:.*/stream/)[^/]+$", re.DOTALL)


def golden_text(outputs: Mapping[str, Any]) -> str:
    """The outputs as a golden file's text: JSON, ends with a line feed."""
    return json.dumps(_placed(outputs), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _placed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _placed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_placed(inner) for inner in value]
    if isinstance(value, str):
        return _STREAM.sub(rf"\g<1>{STREAM_LABEL}", ARN.sub(rf"\g<1>{ACCOUNT}\g<3>", value))
    return value
