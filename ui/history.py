"""Undo and redo: a bounded list of states and a place in it."""

from typing import Generic, TypeVar

State = TypeVar("State")


class History(Generic[State]):
    """States to undo and redo, never changed once pushed; the oldest beyond a limit are dropped."""

    def __init__(self, first: State, limit: int = 500):
        self._states = [first]
        self.moves = 0  # changes of the current state, undo and redo included
        self._place = 0
        self._tag: object = None
        self._limit = limit

    @property
    def now(self) -> State:
        """The current state."""
        return self._states[self._place]

    @property
    def past(self) -> list[State]:
        """The states up to the current one, oldest first."""
        return self._states[: self._place + 1]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier state."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a later state."""
        return self._place + 1 < len(self._states)

    def push(self, state: State, tag: object = None) -> bool:
        """Make `state` the current one and drop what could be redone; return whether it differs.

        A push with the tag of the push before, unless it is None, replaces that state, so that many
        small steps of one kind are undone together.
        """
        if state == self.now:
            return False
        joins = tag is not None and tag == self._tag and self._place > 0
        self._states[self._place + (not joins) :] = [state]
        self._states = self._states[-self._limit :]
        self._place = len(self._states) - 1
        self._tag = tag
        self.moves += 1
        return True

    def undo(self) -> State:
        """Go back one state, if there is one, and return it."""
        return self._go(-self.can_undo)

    def redo(self) -> State:
        """Go forward one state, if there is one, and return it."""
        return self._go(int(self.can_redo))

    def _go(self, steps: int) -> State:
        self.moves += abs(steps)
        self._place += steps
        self._tag = None
        return self.now
