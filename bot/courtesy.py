"""Hello, thanks, goodbye: what a message says besides asking, in four languages. Pure.

A message that is nothing but courtesy gets a kind word back; a greeting in front of a question is no part of it.
"""

from __future__ import annotations

import re
from functools import cache

from bot.model import LANGS, CourtesyKind, Lang

_PHRASES: dict[CourtesyKind, dict[Lang, str]] = {
    "abilities": {
        "en": r"(so |hey |and )?(what|wat) (can|do|could) (you|u) (do|answer|know|offer)|(what|who) (are|r) (you|u)( exactly)?|who is this|are (you|u) (a )?(bot|robot|human|real)( person)?|how (does|do) (this|the|you|u)( bot)? work|what is this( bot)?( for| about)?|what can i ask( you| u)?|what questions can i ask|help( me)?( please)?|what do you know|how can you help( me)?",
        "ru": r"что (ты )?(умеешь|можешь|знаешь)( делать)?|что вы (умеете|можете|знаете)( делать)?|кто ты( такой)?|кто вы|ты (кто|бот|робот|человек)|как (ты|это|бот) работаешь?т?|о чем (тебя )?можно спросить|что можно спросить|помощь|помоги(те)?|чем (ты )?можешь помочь",
        "kk": r"(сен |сіз )?не істей ала(сың|сыз)|не істейсің|сен кімсің|сіз кімсіз|көмек|не білесің|сен ботсың ба|қалай жұмыс істейсің",
        "tg": r"(ту |шумо )?чӣ (кор )?карда метавон(ӣ|ед)|(ту |шумо )?чи (кор )?карда метавон(и|ед)|ту кистӣ|ту кисти|шумо кистед|кӯмак|ёрӣ|чиро медонӣ|чӣ медонӣ",
    },
    "wellbeing": {
        "en": r"how (are|r) (you|u|ya)( doing)?( today)?|how is it going|hows it going|how do you do|(what is|whats|what) up|wassup|sup",
        "ru": r"как (дела|ты|вы|жизнь|поживаешь|поживаете|сам)|что нового",
        "kk": r"қалың қалай|қалайсың|қалайсыз|калайсын|калайсыз|хал қалай|жағдайың қалай",
        "tg": r"чӣ хел(ӣ|ед)|чи хел(и|ед)|аҳволат чӣ хел|аҳволатон чӣ хел|шумо чӣ хел|чӣ гап|чи гап|нағзӣ|нағзмӣ|хубӣ|хуб ҳастед",
    },
    "thanks": {
        "en": r"(many |ok |okay |great |oh )?(thanks|thank you|thank u|thankyou|thanx|thx|tnx|ty|cheers|much appreciated|appreciate it)( a lot| so much| very much| a bunch| again| for (the|your) (help|answer|answers|info))?|that (was )?(very )?help(ed|ful)( me)?( a lot)?|(great|good|nice|cool|perfect|awesome|excellent|wonderful|brilliant|well done|good job|good bot|got it|ok|okay|i see|understood|fine)",
        "ru": r"(большое |огромное )?(спасибо|спс|спасиб|благодарю|пасиб|сенкс)( большое| огромное| вам| тебе| за (помощь|ответ))?|(класс|отлично|круто|супер|понятно|ясно|хорошо|ок|окей|понял|поняла|молодец|здорово)",
        "kk": r"(көп |коп |үлкен )?(рақмет|рахмет|ракмет|алғыс)( сізге| саған)?|жақсы|керемет|түсінікті",
        "tg": r"(ташаккур|рахмат|раҳмат|рахмати калон|раҳмати калон|сипос|миннатдорам?)( ба шумо| ба ту| зиёд)?|хуб|аъло|офарин|фаҳмо",
    },
    "goodbye": {
        "en": r"(ok |okay |well )?(bye( bye)?|goodbye|good bye|see (you|u|ya)( later| soon| tomorrow| around)?|farewell|good night|cya|take care|have a (nice|good|great) (day|evening|night|one)|talk to you later|ttyl|until next time|later)",
        "ru": r"пока( пока)?|до (свидания|встречи|завтра|скорого)|прощай(те)?|спокойной ночи|всего (доброго|хорошего|наилучшего)|бывай|удачи|давай пока|хорошего дня|увидимся",
        "kk": r"сау (бол|болыңыз|болыныз|болыңдар)|хош(ыңыз)?|қош( бол(ыңыз)?)?|кездескенше|көріскенше|жақсы түн|қайырлы түн",
        "tg": r"хайр|то (дидор|боздид|фардо|пагоҳ)|худо ?ҳофиз|худохофиз|шаби хуш|шаб ба хайр|саломат бошед|саломат бош",
    },
    "greeting": {
        "en": r"(hi|hello|hey|helo|hallo|hiya|howdy|yo|greetings|hej)( there| bot| all| everyone| again| dear bot| friend)*|good (morning|afternoon|evening|day)|assalomu? alaykum",
        "ru": r"привет(ик|ствую|ики)?|здравствуй(те)?|здрасьте|здарова|здорово|доброе утро|добрый (день|вечер)|доброго (дня|вечера|утра)|доброй ночи|хай|салам|ассалам(у)? ал[ае]йкум|салют|алло|privet|zdravstvuy(te)?",
        "kk": r"сәлем(етсің бе|етсіз бе|дер)?|салем(етсиз бе|етсин бе)?|сәлеметсіздер ме|ассалау?ма?ғалейкум|ассаламу? ?ал[ае]йкум|армысыз|қайырлы (таң|күн|кеш)|кайырлы (тан|кун|кеш)|salem|salam",
        "tg": r"салом( ал[ае]йкум)?|ассалому? ал[ае]йкум|ассалом|субҳ ба хайр|субҳи шумо ба хайр|рӯз ба хайр|рӯзи хуш|рузи хуш|шом ба хайр|салому ал[ае]йкум|дуруд|хуш омадед|salom",
    },
    "apology": {
        "en": r"(you are|youre|this is|thats|that is|so) (wrong|useless|stupid|bad|dumb|not helpful)|(useless|stupid|dumb|bad|terrible) bot|wrong( answer)?|no thats wrong",
        "ru": r"(это )?неправильно|не то|ты тупой|тупой бот|бесполезный бот|это не то|плохой бот",
        "kk": r"дұрыс емес|қате|жаман бот",
        "tg": r"нодуруст|хато|ин нодуруст аст",
    },
}
_ADDRESS = r"(?: (?:bot|there|friend|please|guys|dear|mate|man|бот|друг|друзья|дорогой|пожалуйста|брат|дӯст|дӯстон|достым|дос|бот ҷон|dear bot|all))*"
_ORDER: tuple[CourtesyKind, ...] = ("abilities", "wellbeing", "apology", "thanks", "goodbye", "greeting")


def courtesy_of(words: str) -> CourtesyKind | None:
    """The kind of courtesy of which a message wholly consists, or None.

    `words` are the message's words, normalised, with single spaces between. Where it says several things ("hello,
    how are you"), the one that most wants an answer counts.
    """
    found = _kinds(words, LANGS)
    return next((kind for kind in _ORDER if kind in found), None)


def language_of(words: str, hint: str | None) -> Lang | None:
    """The language of a message that is nothing but courtesy, or None; `hint` is a language code that decides
    where the same phrase is said in several.
    """
    spoken = [lang for lang in LANGS if _kinds(words, (lang,))]
    return next((lang for lang in spoken if lang == hint), spoken[0] if spoken else None)


def _kinds(words: str, langs: tuple[Lang, ...]) -> set[CourtesyKind]:
    """The kinds of courtesy of which a message consists in these languages; none where it says anything else."""
    rest, found = words, set()
    while rest:
        kind = max(_ORDER, key=lambda one: _longest(one, langs, rest))  # "good morning" is no praise
        length = _longest(kind, langs, rest)
        if not length:
            return set()
        found.add(kind)
        rest = rest[length:].strip()
    return found


def _longest(kind: CourtesyKind, langs: tuple[Lang, ...], rest: str) -> int:
    """How many characters of `rest` a phrase of this kind takes, ending at a word's end; 0 for none."""
    match = _phrase(kind, langs).match(rest)
    return match.end() if match else 0


def without_opening(normalised: str) -> str:
    """A normalised message without the greeting or thanks that it opens with."""
    rest = _opening().sub("", normalised)
    return rest if rest.strip(" ?!.,") else normalised


@cache
def _phrase(kind: CourtesyKind, langs: tuple[Lang, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_either(kind, langs)}){_ADDRESS}(?= |$)")


@cache
def _opening() -> re.Pattern[str]:
    phrases = f"{_either('greeting', LANGS)}|{_either('thanks', LANGS)}"
    return re.compile(rf"^(?:(?:{phrases}){_ADDRESS}[\s,.!–—-]+)+", re.IGNORECASE)


def _either(kind: CourtesyKind, langs: tuple[Lang, ...]) -> str:
    return "|".join(_PHRASES[kind][lang] for lang in langs)
