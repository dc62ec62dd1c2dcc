"""Operations on a deployed stack, and the `tablekit` command."""
