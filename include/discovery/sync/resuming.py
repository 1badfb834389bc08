"""What an attempt that goes on in the middle of a listing cannot know, and the database does."""

from __future__ import annotations


def missing_after_resuming(expected: int | None, came: int, different: int) -> str | None:
    """Say what is missing where items that an earlier attempt has loaded came in place of others.

    A listing counts the different items that came, but of those before it went on it knows the last
    page alone: a page that a source gives twice would count twice.

    :param expected: how many items the source says it has.
    :param came: how many came in all attempts.
    :param different: how many of them were loaded or rejected.
    """
    if expected is None or came <= different or different >= expected:
        return None
    return f"the source has {expected} items, and {different} different ones came"
