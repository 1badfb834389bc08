"""The one kind of error the runner expects: shown as a plain message, never as a traceback."""


class LocalRunError(Exception):
    """Something the user can act on. The message says what happened and what to do about it."""
