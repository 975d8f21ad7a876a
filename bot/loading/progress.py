"""A bar on standard error while a load runs, step by step; nothing where it isn't wanted or there is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

Bar = Callable[[int], None]
"""Told how much of its step is done so far."""
_EVERY = 256
"""Calls between two looks at the terminal."""


class Progress:
    """The bar of the step that is under way."""

    def __init__(self, wanted: bool = False) -> None:
        """Silent unless `wanted`."""
        self._wanted = wanted and sys.stderr.isatty()
        self._close: Callable[[], None] | None = None

    def step(self, name: str, total: int = 1) -> Bar:
        """Begin a step of `total` rows or bytes, ending the one before."""
        self.end()
        if not self._wanted:
            return _nothing
        bar = click.progressbar(length=total, label=name, file=sys.stderr)
        bar.__enter__()
        self._close = lambda: bar.__exit__(None, None, None)
        calls = 0

        def done(so_far: int) -> None:
            nonlocal calls
            calls += 1
            if calls % _EVERY == 0 or so_far >= total:
                bar.update(so_far - bar.pos)

        return done

    def end(self) -> None:
        """End the step that is under way."""
        if self._close:
            self._close()
            self._close = None


def _nothing(_: int) -> None:
    """No bar."""
