"""Work in order within a lane (a chat), lanes side by side; what the work is, is not known here."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable


class Lanes:
    """Queues of work items, one worker for each queue that is not empty."""

    def __init__(self, work: Callable[[int], Awaitable[None]]) -> None:
        """`work` does one item; it must not raise."""
        self._work = work
        self._queues: dict[str, deque[int]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._open = True

    def __len__(self) -> int:
        """How many lanes have work."""
        return len(self._queues)

    def head(self, lane: str) -> int | None:
        """The item under way in `lane`, or None."""
        queue = self._queues.get(lane)
        return queue[0] if queue else None

    def add(self, lane: str, item: int) -> None:
        """Appends an item to its lane."""
        if lane in self._queues:
            self._queues[lane].append(item)
            return
        self._queues[lane] = deque([item])
        worker = asyncio.create_task(self._serve(lane), name=f"lane {lane}")
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _serve(self, lane: str) -> None:
        queue = self._queues[lane]
        try:
            while queue and self._open:
                await self._work(queue[0])
                queue.popleft()
        finally:
            del self._queues[lane]

    async def stop(self, patience: float) -> None:
        """Begins nothing more, waits `patience` seconds for what is under way, then cancels it."""
        self._open = False
        if self._workers:
            _, late = await asyncio.wait(set(self._workers), timeout=patience)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)
