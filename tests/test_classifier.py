"""The classifier: its features, its sums, and that fitting it on a tiny set learns that set."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.classifier import essence, features, logits, packed, softmax, spread
from bot.loading.fitting import LEAST, fit, rows

EXAMPLES = {
    "built": ["who built the tower", "builder of the tower", "who put up the tower", "tower construction"],
    "height": ["how high is the tower", "height of the tower", "how tall is the tower", "tower metres high"],
    "ferry": ["when does the ferry sail", "ferry times", "times of the ferry", "when is the next ferry"],
}


def of(question: str) -> set[str]:
    return features(question.split(), question.split(), "")


def learned() -> tuple[list[str], dict[str, tuple[float, int]], float]:
    """The classes, the rows as a question adds them, and their scale."""
    classes = sorted(EXAMPLES)
    examples = [(of(way), at) for at, name in enumerate(classes) for way in EXAMPLES[name]]
    names, rarity, weights = fit(examples, len(classes))
    scale, packed_rows = rows(rarity, weights)
    return (
        classes,
        {
            name: (float(rare), spread(row, len(classes)))
            for name, rare, row in zip(names, rarity, packed_rows, strict=True)
        },
        scale,
    )


def test_features_are_terms_pairs_and_runs_of_characters() -> None:
    assert features(["_who", "go"], ["who", "go"], "") == {
        "w_who", "wgo", "b^ _who", "b_who go", "bgo $",
        " wh", "who", "ho ", "o g", " go", "go ", " who", "who ", "ho g", "o go", " go ",
    }  # fmt: skip


def test_no_words_have_no_words_features() -> None:
    assert features([], [], "when") == {"b^ $"}


def test_fitting_learns_its_examples() -> None:
    classes, rows, scale = learned()
    for name, ways in EXAMPLES.items():
        for way in ways:
            values = logits([rows[one] for one in sorted(of(way)) if one in rows], len(classes), scale)
            assert classes[values.index(max(values))] == name, way


def test_fitting_generalises_to_words_put_otherwise() -> None:
    classes, rows, scale = learned()
    for asked, name in (("who was the builder", "built"), ("what height", "height"), ("ferry next time", "ferry")):
        values = logits([rows[one] for one in sorted(of(asked)) if one in rows], len(classes), scale)
        assert classes[values.index(max(values))] == name, asked


def test_fitting_is_deterministic() -> None:
    assert learned() == learned()


def test_features_seen_once_are_left_out() -> None:
    names, _, _ = fit([({"a", "b"}, 0), ({"a", "c"}, 1)], 2)
    assert names == ["a"]


def test_logits_are_sums_of_rows_over_the_length_of_the_rarities() -> None:
    rows = [(3.0, [(0, 10), (1, -10)]), (4.0, [(0, 5)]), (0.0, [])]
    found = [(rarity, spread(packed(values), 3)) for rarity, values in rows]
    assert logits(found, 3, 0.5) == [15 * 0.5 / 5, -10 * 0.5 / 5, 0.0]
    assert logits([], 3, 0.5) == [0.0, 0.0, 0.0]


VALUES = st.dictionaries(st.integers(0, 9), st.integers(-127, 127))


@given(st.lists(VALUES, max_size=20), st.integers(1, 60))
def test_rows_are_added_class_by_class_however_many_there_are(values: list[dict[int, int]], times: int) -> None:
    found = [(1.0, spread(packed(sorted(one.items())), 10)) for one in values] * times
    sums = [times * sum(one.get(at, 0) for one in values) for at in range(10)]
    assert logits(found, 10, 1.0) == pytest.approx([one / (math.sqrt(len(found)) or 1.0) for one in sums])


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=20))
def test_softmax_gives_probabilities_in_the_same_order(values: list[float]) -> None:
    chances = softmax(values)
    assert math.isclose(sum(chances), 1)
    assert all(0 <= chance <= 1 for chance in chances)
    assert chances[values.index(max(values))] == max(chances)


def test_softmax_of_nothing() -> None:
    assert softmax([]) == []
    assert softmax([0.0, 0.0]) == [0.5, 0.5]


def test_weights_come_back_within_a_step_or_are_next_to_nothing() -> None:
    _, rarity, weights = fit([(of(way), at) for at, ways in enumerate(EXAMPLES.values()) for way in ways], 3)
    scale, packed_rows = rows(rarity, weights)
    for row, weight, rare in zip(packed_rows, weights, rarity, strict=True):
        length = max(1.0, float(rare))
        for value, wanted in zip(logits([(length, spread(row, 3))], 3, scale), weight * rare, strict=True):
            step = round(value * length / scale)
            assert abs(step) == 127 or step * scale == pytest.approx(wanted, abs=scale * (LEAST - 0.49))


def test_the_kind_of_question_and_names_go_with_each_term() -> None:
    found = features(["_n_velm", "found"], ["velm", "found"], "when")
    assert {"kwhen _n_velm", "kwhen found", "n_n_velm found"} <= found
    assert not {"n_n_velm _n_velm", "kwhere found"} & found


def test_the_essence_of_a_text_is_its_terms_once_sorted_without_stopwords() -> None:
    assert essence(["the", "tower", "_q_who", "built", "the", "tower"], {"the"}) == "_q_who built tower"
    assert essence(["the"], {"the"}) == essence([], ()) == ""
