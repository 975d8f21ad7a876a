"""What Telegram checks in a request: methods and their parameters, HTML, lengths, keyboards.

The rules are those of the Bot API as a bot meets them, written down from its documentation
(https://core.telegram.org/bots/api) and, for HTML, from the parser that the Bot API server itself uses. A
request that breaks one is refused with Telegram's own words. Serving HTTP is left to telegram_server.py.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

MAX_TEXT = 4096
"""Characters of a message after its entities are parsed, counted in UTF-16 units as clients do."""
MAX_CALLBACK_DATA = 64
"""Bytes in UTF-8."""
MAX_CALLBACK_ANSWER = 200
MAX_BUTTONS = 100
MAX_INLINE_RESULTS = 50
MAX_START_PARAMETER = 64
MAX_QUERY = 256
MAX_MENU = {"description": 512, "short_description": 120}


class Refused(Exception):
    """Telegram refuses the request: `code` is the HTTP status, the text its description.

    `migrated_to` is the supergroup that a group became, else 0.
    """

    def __init__(self, code: int, description: str, migrated_to: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.migrated_to = migrated_to


_SEND = (
    "message_thread_id parse_mode entities link_preview_options disable_notification protect_content"
    " reply_parameters reply_markup"
)
METHODS: dict[str, tuple[str, str]] = {
    # method: (parameters that it needs, parameters that it may have)
    "getMe": ("", ""),
    "getUpdates": ("", "offset limit timeout allowed_updates"),
    "setWebhook": ("url", "max_connections allowed_updates drop_pending_updates secret_token ip_address"),
    "deleteWebhook": ("", "drop_pending_updates"),
    "getWebhookInfo": ("", ""),
    "sendMessage": ("chat_id text", _SEND),
    "editMessageText": ("text", f"chat_id message_id inline_message_id {_SEND}"),
    "editMessageReplyMarkup": ("", "chat_id message_id inline_message_id reply_markup"),
    "deleteMessage": ("chat_id message_id", ""),
    "sendChatAction": ("chat_id action", "message_thread_id"),
    "answerCallbackQuery": ("callback_query_id", "text show_alert url cache_time"),
    "answerInlineQuery": ("inline_query_id results", "cache_time is_personal next_offset button"),
    "answerGuestQuery": ("guest_query_id result", ""),
    "setMyCommands": ("commands", "scope language_code"),
    "getMyCommands": ("", "scope language_code"),
    "deleteMyCommands": ("", "scope language_code"),
    "setMyDescription": ("", "description language_code"),
    "getMyDescription": ("", "language_code"),
    "setMyShortDescription": ("", "short_description language_code"),
    "getMyShortDescription": ("", "language_code"),
    "getChat": ("chat_id", ""),
    "leaveChat": ("chat_id", ""),
}
_TAGS = {
    *("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote", "a"),
    *("span", "tg-spoiler", "tg-emoji"),
}
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_START_TAG = re.compile(r"""<([a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*)\s*>""")


def length(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> str:
    """The text that remains when tags and entities are parsed; raises Refused where Telegram can't parse
    them.
    """
    plain: list[str] = []
    open_tags: list[str] = []
    place = 0
    while place < len(source):
        char = source[place]
        if char == "&" and (entity := _ENTITY.match(source, place)):
            plain.append(html.unescape(entity.group()))
            place = entity.end()
        elif char == "<":
            place = _tag(source, place, open_tags)
        else:
            plain.append(char)
            place += 1
    if open_tags:
        raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return "".join(plain)


def _tag(source: str, place: int, open_tags: list[str]) -> int:
    """Takes the tag at `place` and returns where it ends."""
    offset = len(source[:place].encode())
    if source.startswith("</", place):
        end = source.find(">", place)
        name = source[place + 2 : end].strip().lower()
        if end < 0 or not open_tags:
            raise _cannot_parse(f"Unexpected end tag at byte offset {offset}")
        if name and name != open_tags[-1]:
            raise _cannot_parse(
                f'Unmatched end tag at byte offset {offset}, expected "</{open_tags[-1]}>", found "</{name}>"'
            )
        open_tags.pop()
        return end + 1
    tag = _START_TAG.match(source, place)
    name = (tag.group(1) if tag else source[place + 1 : place + 12].split(">")[0]).lower()
    if not tag or name not in _TAGS or (name == "span" and 'class="tg-spoiler"' not in tag.group(2)):
        raise _cannot_parse(f'Unsupported start tag "{name}" at byte offset {offset}')
    open_tags.append(name)
    return tag.end()


def _cannot_parse(why: str) -> Refused:
    return Refused(400, f"Bad Request: can't parse entities: {why}")


def check(method: str, parameters: dict[str, str]) -> None:
    """Checks a request as Telegram does (more strictly: it ignores parameters that it does not know).

    Raises Refused with Telegram's status and words.
    """
    if method not in METHODS:
        raise Refused(404, "Not Found: method not found")
    needed, optional = (set(names.split()) for names in METHODS[method])
    if unknown := set(parameters) - needed - optional:
        raise Refused(400, f"Bad Request: {method} has no parameter {', '.join(sorted(unknown))}")
    for name in sorted(needed - {"text"}):
        if not parameters.get(name):
            raise Refused(400, f"Bad Request: parameter {name} is empty")
    if method in ("sendMessage", "editMessageText"):
        check_text(parameters.get("text", ""), parameters.get("parse_mode", ""))
    if method == "answerCallbackQuery" and length(parameters.get("text", "")) > MAX_CALLBACK_ANSWER:
        raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
    if method == "answerInlineQuery":
        check_inline(parameters)
    if method == "answerGuestQuery":
        check_result(as_json("result", parameters["result"]))
    check_menu(method, parameters)
    if markup := parameters.get("reply_markup"):
        check_keyboard(as_json("reply_markup", markup))
    for name in (
        "reply_parameters",
        "link_preview_options",
        "allowed_updates",
        "commands",
        "scope",
        "results",
        "button",
    ):
        if name in parameters:
            as_json(name, parameters[name])


def check_inline(parameters: dict[str, str]) -> None:
    """Checks the answer to an inline query: its results, their texts and buttons, the button above them."""
    results = as_json("results", parameters["results"])
    ids = [result["id"] for result in results]
    if len(results) > MAX_INLINE_RESULTS or len(set(ids)) < len(ids):
        raise Refused(400, "Bad Request: RESULTS_TOO_MUCH or RESULT_ID_DUPLICATE")
    for result in results:
        check_result(result)
    if len(parameters.get("next_offset", "").encode()) > 64:
        raise Refused(400, "Bad Request: NEXT_OFFSET_INVALID")
    button = as_json("button", parameters.get("button", "{}"))
    start = button.get("start_parameter", "x")
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_START_PARAMETER}}}", start):
        raise Refused(400, "Bad Request: START_PARAM_INVALID")


def check_result(result: dict[str, Any]) -> None:
    """Checks an article that is offered inline, or with which a guest is answered."""
    if not 1 <= len(result["id"].encode()) <= 64 or not str(result.get("title", "")).strip():
        raise Refused(400, "Bad Request: RESULT_ID_INVALID or ARTICLE_TITLE_EMPTY")
    content = result["input_message_content"]
    check_text(content["message_text"], content.get("parse_mode", ""))
    if "reply_markup" in result:
        check_keyboard(result["reply_markup"])


def check_menu(method: str, parameters: dict[str, str]) -> None:
    """Checks commands and descriptions."""
    for name, most in MAX_MENU.items():
        if length(parameters.get(name, "")) > most:
            raise Refused(400, f"Bad Request: {method}: {name} is too long")
    for command in as_json("commands", parameters.get("commands", "[]")):
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= length(command["description"]) <= 256:
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


def check_text(text: str, parse_mode: str) -> str:
    """The text as it is shown; raises Refused where it is broken, empty or too long."""
    if parse_mode not in ("", "HTML"):
        raise Refused(400, "Bad Request: unsupported parse_mode")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused(400, "Bad Request: strings must be encoded in UTF-8") from None
    plain = parse_html(text) if parse_mode == "HTML" else text
    if not plain.replace("\0", "").strip():
        raise Refused(400, "Bad Request: message text is empty")
    if length(plain) > MAX_TEXT:
        raise Refused(400, "Bad Request: message is too long")
    return plain


def as_json(name: str, value: str) -> Any:
    """The value of a parameter that travels as JSON; raises Refused where it is none."""
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(400, f"Bad Request: can't parse {name} JSON object") from None


def check_keyboard(markup: Any) -> None:
    """Checks an inline keyboard: each button has a text and does exactly one thing, data fits in 64 bytes."""
    if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard"), list):
        raise Refused(400, "Bad Request: object expected as reply markup")
    buttons = [button for row in markup["inline_keyboard"] for button in row]
    if len(buttons) > MAX_BUTTONS:
        raise Refused(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
    for button in buttons:
        if not str(button.get("text", "")).strip():
            raise Refused(400, "Bad Request: inline keyboard button text must be non-empty")
        actions = [name for name in button if name not in ("text", "style", "icon_custom_emoji_id")]
        if len(actions) != 1:
            raise Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= MAX_CALLBACK_DATA:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if length(button.get("switch_inline_query", "")) > MAX_QUERY:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        url = button.get("url")
        if url is not None and not re.match(r"(tg://\S|https?://[^/\s]+\.[^/\s])\S*$", url):
            raise Refused(400, f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
