"""What a question asks for, by its question words."""

import pytest

from bot import text
from bot.kinds import kind_of, kind_of_terms


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("When is the visit?", "when"),
        ("what year did it start", "when"),
        ("Since when is he president", "when"),
        ("Where will they meet?", "where"),
        ("in which city is the summit", "where"),
        ("Who invited him", "who"),
        ("whom did he call", "who"),
        ("How many agreements", "how_many"),
        ("how often does it sail", "how_many"),
        ("How long does the visit last?", "how_long"),
        ("how many days is he there", "how_long"),
        ("how old is he", "how_old"),
        ("Why did he call?", "why"),
        ("how did he announce it", "how"),
        ("What is on the agenda", "what"),
        ("Когда визит?", "when"),
        ("в каком году он родился", "when"),
        ("где пройдет саммит", "where"),
        ("кто его пригласил", "who"),
        ("сколько соглашений подписано", "how_many"),
        ("сколько дней продлится визит", "how_long"),
        ("сколько ему лет", "how_old"),
        ("почему он звонил", "why"),
        ("о чем они говорили", "what"),
        ("Сапар қашан болады?", "when"),
        ("қай жылы қол қойылды", "when"),
        ("кездесу қайда өтеді", "where"),
        ("оны кім шақырды", "who"),
        ("қанша келісім бар", "how_many"),
        ("Неге алаңдады", "why"),
        ("Сафар кай мешавад?", "when"),
        ("дар кадом сол", "when"),
        ("мулоқот дар куҷо мешавад", "where"),
        ("ӯро кӣ даъват кард", "who"),
        ("чанд созишнома", "how_many"),
        ("чаро занг зад", "why"),
    ],
)
def test_question_words_tell_the_kind(asked: str, kind: str) -> None:
    assert kind_of(" ".join(text.words(text.normalise(asked)))) == kind


def test_the_first_question_word_counts() -> None:
    assert kind_of("what is planned for when they meet") == "what"
    assert kind_of("when do they say what they want") == "when"


@pytest.mark.parametrize("asked", ["", "visit to tajikistan", "is he the president", "whenever whatsoever", "визит"])
def test_without_a_question_word_there_is_no_kind(asked: str) -> None:
    assert kind_of(asked) == ""


def test_a_misspelled_question_word_tells_by_its_concept() -> None:
    assert kind_of_terms(["_n_velm", "_q_when", "_q_who"]) == "when"
    assert kind_of_terms(["_q_how_many"]) == "how_many"
    assert kind_of_terms(["_q_whom"]) == "who"
    assert kind_of_terms(["_q_which", "when"]) == ""
    assert kind_of_terms([]) == ""
