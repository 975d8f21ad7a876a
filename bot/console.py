"""A chat in the terminal: a line is a question, the reply follows, until the input ends.

It keeps the conversation, so that "and when?" works; how to answer comes from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from bot.model import LANGS, Conversation, Question, Reply
from bot.wording import sentence, to_text

PROMPT = "> "


def chat(answer: Callable[[Question, Conversation], tuple[Reply, Conversation]], *, lines: TextIO, out: TextIO) -> None:
    """Answer the `lines` on `out`, an empty line after each reply; blank lines are passed over.

    A greeting and prompts appear only where both are a terminal. Ends with the input, or at Ctrl-C.
    """
    prompting = lines.isatty() and out.isatty()
    if prompting:
        print(" · ".join(sentence("ask_prompt", lang) for lang in LANGS) + " (Ctrl-D)", file=out)
    conversation = Conversation()
    try:
        while line := _next_line(lines, out, prompting):
            if line.strip():
                question = Question(line.rstrip("\r\n"), datetime.now(UTC))
                reply, conversation = answer(question, conversation)
                print(to_text(reply), end="\n\n", file=out, flush=True)
    except KeyboardInterrupt:
        pass
    if prompting:
        print(file=out)  # the shell's prompt begins on a line of its own


def _next_line(lines: TextIO, out: TextIO, prompting: bool) -> str:
    if prompting:
        print(PROMPT, end="", file=out, flush=True)
    return lines.readline()
