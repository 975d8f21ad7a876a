"""The chat in the terminal, through the streams that a person would use."""

import io

from bot.console import PROMPT, chat
from bot.model import Answer, Conversation, Fact, Match, Question, Reply, Source, Unknown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def echo(question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
    """Answers with the question, and with the one before it."""
    text = f"{question.text} after {conversation.last_question or 'nothing'}."
    fact = Fact("f1", "en", text, Source("Here"))
    return Answer("en", 1.0, (Match(fact, 1.0),)), Conversation(last_question=question.text)


def test_each_line_is_answered_and_the_conversation_kept() -> None:
    out = io.StringIO()
    chat(echo, lines=io.StringIO("who\r\nand when"), out=out)
    assert out.getvalue() == ("who after nothing.\n\nSource: Here\n\nand when after who.\n\nSource: Here\n\n")


def test_blank_lines_are_passed_over() -> None:
    out = io.StringIO()
    chat(echo, lines=io.StringIO("\n  \nwho\n\n"), out=out)
    assert out.getvalue() == "who after nothing.\n\nSource: Here\n\n"


def test_a_terminal_is_greeted_and_prompted() -> None:
    out = Terminal()
    chat(echo, lines=Terminal("who\n"), out=out)
    greeting, first, *rest = out.getvalue().split("\n")
    assert greeting == "Ask a question · Задайте вопрос · Сұрақ қойыңыз · Савол диҳед (Ctrl-D)"
    assert first == f"{PROMPT}who after nothing."
    assert rest[-2:] == [PROMPT, ""]


def test_output_into_a_file_has_no_prompts() -> None:
    out = io.StringIO()
    chat(echo, lines=Terminal("who\n"), out=out)
    assert out.getvalue() == "who after nothing.\n\nSource: Here\n\n"


def test_a_question_carries_an_aware_time() -> None:
    asked = []

    def ask(question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
        asked.append(question.asked_at.utcoffset())
        return Unknown("en"), conversation

    chat(ask, lines=io.StringIO("who\n"), out=io.StringIO())
    assert [offset is not None for offset in asked] == [True]


def test_ctrl_c_ends_the_chat() -> None:
    def ask(question: Question, conversation: Conversation) -> tuple[Reply, Conversation]:
        raise KeyboardInterrupt

    out = io.StringIO()
    chat(ask, lines=io.StringIO("who\nwhat\n"), out=out)
    assert out.getvalue() == ""
