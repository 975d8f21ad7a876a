"""The table at a path, open: noticed when a load has put another in its place, and kept when that one can't be read.

What stands in a table is index.py's business, what to do about trouble the caller's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot import store
from bot.index import Index


class OpenTable:
    """The newest readable table at a path; one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Opens it. Raises store.TableError."""
        self._path = path
        self._signature = store.signature(path)
        self._refused: store.Signature | None = None
        self._index = Index(path)
        self.trouble = ""
        """Why the table at the path is not the one that is open, in a sentence; empty where it is."""

    def latest(self, *, anew: bool = False) -> Index:
        """The table as it is now; where the one in place can't be read, the one before, and `trouble` says why.

        What could not be read is looked at again when the file has changed; with `anew`, in any case.
        """
        refused, self._refused = None if anew else self._refused, None
        try:
            signature = store.signature(self._path)
            if signature != self._signature:
                self._refused = signature
                if signature == refused:
                    return self._index
                fresh = Index(self._path)
                self._index.close()
                self._index, self._signature = fresh, signature
            self.trouble = ""
        except store.TableError as error:
            self.trouble = str(error)
        return self._index

    @property
    def placed_at(self) -> datetime:
        """When the table that is open was written: the time of its file."""
        return datetime.fromtimestamp(self._signature[2] / 1e9, UTC)

    def close(self) -> None:
        """Gives the file back."""
        self._index.close()
