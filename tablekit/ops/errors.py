"""The errors of the commands, and the exit codes of all of them (docs/exit-codes.md).

TablekitError                 exit code 1
├── ContractError …           the model's and the contract's: a declaration, a file or a word that can't be used
├── FileError                 a file or a stream that can't be read or written
├── SeedError                 a load that is not begun, or that leaves something for a person to decide
│   └── BadLinesError         a file with lines that no item can be made of
├── CopyError                 a copy that is not begun, or that can't go on as it was begun
├── UnderivableError          an access pattern for which `tablekit smoke` can derive no items
├── InterruptedRunError       a smoke test that is being stopped
├── GuardError                input that the guard can't judge by, or index changes that can't be made
├── VariableError             variables that can't stand beside each other, or be written in the format
├── CodegenError              a contract that has no form in the language, or a file that is not as generated
├── AdoptError                what can't be adopted; the state is as it was
├── LiveError                 a saved look at live tables that can't be used
├── RestoreError              a table that can't be restored as it was asked, or items that can't be brought back
├── WorkbenchError            a file that is no data model, one that no family can be made of, or files in the way
└── CallError …             the client's: a call that AWS did not carry out; exit code 2
"""

from __future__ import annotations

from typing import Final

from tablekit.model.errors import TablekitError

OK: Final = 0
BAD: Final = 1
"""Bad input, or something that was looked at is not as it should be; one message says which."""
UNDECIDED: Final = 2
"""Nothing is known to be wrong, and it can't go on by itself: a person has to allow it, or AWS did not answer."""
REFUSED: Final = 3
"""A verdict: this must not go on as it is."""
SIGNAL: Final = 128
"""Stopped by a signal, whose number is added."""


class FileError(TablekitError):
    """A file or a stream that can't be read or written."""


class SeedError(TablekitError):
    """A load that is not begun, or that leaves something for a person to decide."""


class BadLinesError(SeedError):
    """A file with lines that no item can be made of; nothing was written."""


class CopyError(TablekitError):
    """A copy that is not begun, or that can't go on as it was begun."""


class UnderivableError(TablekitError):
    """No items can be derived that show whether the pattern works. The check fails; it is not passed over."""


class InterruptedRunError(TablekitError):
    """The run is being stopped; nothing more is written."""


class GuardError(TablekitError):
    """Input that the guard can't judge by, or index changes that can't be made."""


class VariableError(TablekitError):
    """Variables that can't stand beside each other, or be written in the format, or a file in the way."""


class CodegenError(TablekitError):
    """A contract that has no form in the language, or a file that is not as generated."""


class AdoptError(TablekitError):
    """What can't be adopted; the state is as it was, or the message says how it becomes so."""


class LiveError(TablekitError):
    """A saved look at live tables that can't be used."""


class WorkbenchError(TablekitError):
    """A file that is no data model, one that no family can be made of, or files in the way."""


class RestoreError(TablekitError):
    """A table that can't be restored as it was asked, or items that can't be brought back."""
