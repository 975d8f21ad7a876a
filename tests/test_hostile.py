from pathlib import Path

import pytest

from tests.hostile import attack
from tests.telegram_bot import SmallCore


@pytest.mark.parametrize("seed", [1, 2])
async def test_broken_updates_of_every_kind_break_nothing(tmp_path: Path, seed: int) -> None:
    asked, complaints = await attack(SmallCore(), 2_000, seed, tmp_path)
    assert complaints == []
    assert asked["sendMessage"] > 50
    assert asked["(updates skipped)"] > 200
