"""The stand-in refuses what Telegram refuses; else tests of the bot would prove little."""

import json

import pytest

from tests import telegram_rules as rules
from tests.telegram_rules import Refused


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("a &lt;b&gt; &amp; &quot;c&quot; &#39;", 'a <b> & "c" \''),
        ("AT&T, a > b, &nbsp;", "AT&T, a > b, &nbsp;"),
        ('<b>x <i>y</i></b> <a href="https://e.org/?a=1&amp;b=2">z</a>', "x y z"),
        ("<blockquote expandable>q</blockquote><tg-spoiler>s</tg-spoiler>", "qs"),
    ],
)
def test_html_that_telegram_parses(source: str, plain: str) -> None:
    assert rules.parse_html(source) == plain


@pytest.mark.parametrize(
    "source",
    ["<3", "a < b", "<b>x", "x</b>", "<b><i>x</b></i>", "<p>x</p>", "<br>", "<b", "<span>x</span>", "</"],
)
def test_html_that_telegram_refuses(source: str) -> None:
    with pytest.raises(Refused, match="can't parse entities"):
        rules.parse_html(source)


def test_the_limit_of_a_text_counts_after_parsing_and_in_utf16() -> None:
    rules.check("sendMessage", {"chat_id": "1", "text": "<b>" + "&lt;" * 4096 + "</b>", "parse_mode": "HTML"})
    rules.check("sendMessage", {"chat_id": "1", "text": "😀" * 2048})
    for text in ("x" * 4097, "😀" * 2048 + "x"):
        with pytest.raises(Refused, match="too long"):
            rules.check("sendMessage", {"chat_id": "1", "text": text})


@pytest.mark.parametrize(
    ("method", "parameters", "why"),
    [
        ("sendMesage", {}, "method not found"),
        ("sendMessage", {"chat_id": "1", "text": "x", "quote": "1"}, "has no parameter quote"),
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "1", "text": " \n"}, "text is empty"),
        ("sendMessage", {"chat_id": "1", "text": "x", "parse_mode": "Html5"}, "parse_mode"),
        (
            "sendMessage",
            {"chat_id": "1", "text": "x", "reply_parameters": "{"},
            "can't parse reply_parameters",
        ),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "TOO_LONG"),
    ],
)
def test_requests_that_telegram_refuses(method: str, parameters: dict[str, str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        rules.check(method, parameters)


@pytest.mark.parametrize(
    ("button", "why"),
    [
        ({"text": "x", "callback_data": "ж" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "x"}, "non-empty"),
        ({"text": "x"}, "unallowed"),
        ({"text": "x", "url": "notalink"}, "invalid"),
    ],
)
def test_keyboards_that_telegram_refuses(button: dict[str, str], why: str) -> None:
    markup = json.dumps({"inline_keyboard": [[{"text": "fine", "callback_data": "ж" * 32}], [button]]})
    with pytest.raises(Refused, match=why):
        rules.check("sendMessage", {"chat_id": "1", "text": "x", "reply_markup": markup})
