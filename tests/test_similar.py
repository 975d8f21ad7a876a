"""Wordings alike: what near-duplicates are, and what only looks like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.similar import ALIKE, likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The harbour of Velm is 12 metres deep.", "The harbour of Velm is 12 meters deep"),
        ("Ida Kroon built the lighthouse in 1887.", "In 1887 Ida Kroon built the lighthouse."),
        ("Токаев посетит Душанбе 19 мая.", "19 мая Токаев посетит Душанбе"),
    ],
)
def test_near_duplicates(one: str, other: str) -> None:
    assert likeness(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The call took place on 1 May.", "The call took place on 3 May."),
        ("The harbour of Velm is 12 metres deep.", "The mayor of Velm is Thomas Birn."),
    ],
)
def test_others(one: str, other: str) -> None:
    assert likeness(one, other) < ALIKE


@given(st.text(), st.text())
def test_likeness_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1
