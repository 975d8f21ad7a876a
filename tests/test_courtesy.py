"""Hello, thanks, goodbye: messages that are nothing else, and greetings in front of a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import text
from bot.courtesy import courtesy_of, language_of, without_opening
from bot.model import CourtesyKind


def lang(message: str, hint: str | None = None) -> str | None:
    return language_of(" ".join(text.words(text.normalise(message))), hint)


def kind(message: str) -> CourtesyKind | None:
    return courtesy_of(" ".join(text.words(text.normalise(message))))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Hello!", "greeting"),
        ("hi there", "greeting"),
        ("Good morning 🙂", "greeting"),
        ("Привет", "greeting"),
        ("добрый день!", "greeting"),
        ("Сәлем", "greeting"),
        ("сәлеметсіз бе", "greeting"),
        ("Салом", "greeting"),
        ("Ассалому алайкум", "greeting"),
        ("Thank you very much!", "thanks"),
        ("thx", "thanks"),
        ("спасибо большое", "thanks"),
        ("Рақмет!", "thanks"),
        ("ташаккур", "thanks"),
        ("Раҳмати калон", "thanks"),
        ("bye", "goodbye"),
        ("До свидания", "goodbye"),
        ("сау болыңыз", "goodbye"),
        ("то дидор", "goodbye"),
        ("how are you?", "wellbeing"),
        ("как дела?", "wellbeing"),
        ("қалың қалай?", "wellbeing"),
        ("шумо чӣ хел?", "wellbeing"),
        ("What can you do?", "abilities"),
        ("who are you", "abilities"),
        ("что ты умеешь?", "abilities"),
        ("сен кімсің?", "abilities"),
        ("ту кистӣ?", "abilities"),
        ("you are wrong", "apology"),
        ("это неправильно", "apology"),
        ("дұрыс емес", "apology"),
        ("нодуруст", "apology"),
    ],
)
def test_courtesies(message: str, expected: CourtesyKind) -> None:
    assert kind(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Hello, how are you?", "wellbeing"),
        ("Hi! What can you do?", "abilities"),
        ("Thanks, bye!", "thanks"),
        ("привет как дела", "wellbeing"),
        ("ok thank you goodbye", "thanks"),
    ],
)
def test_of_several_the_one_that_wants_an_answer_counts(message: str, expected: CourtesyKind) -> None:
    assert kind(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Hello!", "en"),
        ("Thanks, bye", "en"),
        ("привет", "ru"),
        ("спасибо большое", "ru"),
        ("рақмет", "kk"),
        ("сәлем, қалың қалай?", "kk"),
        ("салом", "tg"),
        ("ташаккур", "tg"),
        ("Раҳмати калон!", "tg"),
        ("hello, салом", None),  # no one language has it all
        ("when is the visit", None),
        ("", None),
    ],
)
def test_the_language_of_a_courtesy(message: str, expected: str | None) -> None:
    assert lang(message) == expected


def test_a_hint_decides_where_a_phrase_is_said_in_several_languages() -> None:
    assert [lang("ассалому алайкум", hint) for hint in ("ru", "tg")] == ["tg", "tg"]
    assert [lang("ассаламу алейкум", hint) for hint in ("ru", "kk", "en", None)] == ["ru", "kk", "ru", "ru"]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "?",
        "Hello, when is the visit?",
        "thank you note to the president",
        "who is Tokayev",
        "goodbye to arms agreement",
        "how are you going to sign it",
        "когда визит",
        "привет из душанбе кто приехал",
        "hitchhiking",
        "supper",
    ],
)
def test_a_question_is_no_courtesy(message: str) -> None:
    assert kind(message) is None


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("hello! when is the visit?", "when is the visit?"),
        ("hi there, who invited him", "who invited him"),
        ("thanks! and where?", "and where?"),
        ("привет, когда визит?", "когда визит?"),
        ("сәлем! сапар қашан?", "сапар қашан?"),
        ("салом, сафар кай мешавад?", "сафар кай мешавад?"),
        ("hello", "hello"),  # nothing but courtesy stays whole
        ("hello!!!", "hello!!!"),
        ("when is the visit?", "when is the visit?"),
        ("history of hi there", "history of hi there"),
        ("hissar valley?", "hissar valley?"),  # begins like "hi"
        ("", ""),
    ],
)
def test_an_opening_is_taken_off(message: str, left: str) -> None:
    assert without_opening(message) == left


@given(st.text(max_size=80))
def test_any_message_can_be_asked(message: str) -> None:
    normalised = text.normalise(message)
    assert courtesy_of(" ".join(text.words(normalised))) in (
        None, "greeting", "thanks", "goodbye", "wellbeing", "abilities", "apology"
    )  # fmt: skip
    assert normalised.endswith(without_opening(normalised))
