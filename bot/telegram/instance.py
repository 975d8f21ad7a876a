"""One instance for a token: a lock on this machine, named by the bot's id and taken before anything else.

It holds for processes with different state.db files too. Across machines, Telegram's 409 tells (polling.py).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout


class InstanceError(Exception):
    """Another process serves this bot; the message is one sentence."""


def bot_id(token: str) -> int:
    """A bot's Telegram id, which its token begins with."""
    return int(token.partition(":")[0])


def lock_instance(token: str, folder: Path) -> list[BaseFileLock]:
    """Takes the locks, in `folder` (state.db's) and in the machine's folder for temporary files; keep them.

    The first holds even when temporary files are cleared away, the second also where folders differ; that
    one may be closed to us, then the first must do. Raises InstanceError when another process holds one,
    OSError when `folder` is not writable.
    """
    number = bot_id(token)
    folder.mkdir(parents=True, exist_ok=True)
    locks: list[BaseFileLock] = []
    for place in dict.fromkeys((folder.resolve(), Path(tempfile.gettempdir()).resolve())):
        lock = FileLock(place / f"tajikistan-visit-bot-{number}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            for taken in locks:
                taken.release()
            raise InstanceError(
                f"Another process serves bot {number} already: stop it first, or use another token"
                f" (lock: {lock.lock_file})."
            ) from None
        except OSError:
            if not locks:
                raise
            continue
        locks.append(lock)
    return locks
