"""Hello, thanks, goodbye: what a message says besides asking, in four languages. Pure.

A message that is nothing but courtesy gets a kind word back; a greeting in front of a question is no part of it.
"""

from __future__ import annotations

import re

from bot.model import CourtesyKind

_PHRASES: dict[CourtesyKind, str] = {
    "abilities": r"(so |hey |and )?(what|wat) (can|do|could) (you|u) (do|answer|know|offer)|(what|who) (are|r) (you|u)( exactly)?|who is this|are (you|u) (a )?(bot|robot|human|real)( person)?"
    r"|how (does|do) (this|the|you|u)( bot)? work|what is this( bot)?( for| about)?|what can i ask( you| u)?|what questions can i ask|help( me)?( please)?|what do you know|how can you help( me)?"
    r"|что (ты )?(умеешь|можешь|знаешь)( делать)?|что вы (умеете|можете|знаете)( делать)?|кто ты( такой)?|кто вы|ты (кто|бот|робот|человек)|как (ты|это|бот) работаешь?т?|о чем (тебя )?можно спросить|что можно спросить|помощь|помоги(те)?|чем (ты )?можешь помочь"
    r"|(сен |сіз )?не істей ала(сың|сыз)|не істейсің|сен кімсің|сіз кімсіз|көмек|не білесің|сен ботсың ба|қалай жұмыс істейсің"
    r"|(ту |шумо )?чӣ (кор )?карда метавон(ӣ|ед)|(ту |шумо )?чи (кор )?карда метавон(и|ед)|ту кистӣ|ту кисти|шумо кистед|кӯмак|ёрӣ|чиро медонӣ|чӣ медонӣ",
    "wellbeing": r"how (are|r) (you|u|ya)( doing)?( today)?|how is it going|hows it going|how do you do|(what is|whats|what) up|wassup|sup|как (дела|ты|вы|жизнь|поживаешь|поживаете|сам)|что нового"
    r"|қалың қалай|қалайсың|қалайсыз|калайсын|калайсыз|хал қалай|жағдайың қалай|чӣ хел(ӣ|ед)|чи хел(и|ед)|аҳволат чӣ хел|аҳволатон чӣ хел|шумо чӣ хел|чӣ гап|чи гап|нағзӣ|нағзмӣ|хубӣ|хуб ҳастед",
    "thanks": r"(many |ok |okay |great |oh )?(thanks|thank you|thank u|thankyou|thanx|thx|tnx|ty|cheers|much appreciated|appreciate it)( a lot| so much| very much| a bunch| again| for (the|your) (help|answer|answers|info))?"
    r"|that (was )?(very )?help(ed|ful)( me)?( a lot)?|(great|good|nice|cool|perfect|awesome|excellent|wonderful|brilliant|well done|good job|good bot|got it|ok|okay|i see|understood|fine)"
    r"|(большое |огромное )?(спасибо|спс|спасиб|благодарю|пасиб|сенкс)( большое| огромное| вам| тебе| за (помощь|ответ))?|(класс|отлично|круто|супер|понятно|ясно|хорошо|ок|окей|понял|поняла|молодец|здорово)"
    r"|(көп |коп |үлкен )?(рақмет|рахмет|ракмет|алғыс)( сізге| саған)?|жақсы|керемет|түсінікті|(ташаккур|рахмат|раҳмат|рахмати калон|раҳмати калон|сипос|миннатдорам?)( ба шумо| ба ту| зиёд)?|хуб|аъло|офарин|фаҳмо",
    "goodbye": r"(ok |okay |well )?(bye( bye)?|goodbye|good bye|see (you|u|ya)( later| soon| tomorrow| around)?|farewell|good night|cya|take care|have a (nice|good|great) (day|evening|night|one)|talk to you later|ttyl|until next time|later)"
    r"|пока( пока)?|до (свидания|встречи|завтра|скорого)|прощай(те)?|спокойной ночи|всего (доброго|хорошего|наилучшего)|бывай|удачи|давай пока|хорошего дня|увидимся"
    r"|сау (бол|болыңыз|болыныз|болыңдар)|хош(ыңыз)?|қош( бол(ыңыз)?)?|кездескенше|көріскенше|жақсы түн|қайырлы түн"
    r"|хайр|то (дидор|боздид|фардо|пагоҳ)|худо ?ҳофиз|худохофиз|шаби хуш|шаб ба хайр|саломат бошед|саломат бош",
    "greeting": r"(hi|hello|hey|helo|hallo|hiya|howdy|yo|greetings|hej)( there| bot| all| everyone| again| dear bot| friend)*|good (morning|afternoon|evening|day)|salam|salom|assalomu? alaykum|salem|privet|zdravstvuy(te)?"
    r"|привет(ик|ствую|ики)?|здравствуй(те)?|здрасьте|здарова|здорово|доброе утро|добрый (день|вечер)|доброго (дня|вечера|утра)|доброй ночи|хай|салам|ассалам(у)? ал[ае]йкум|салют|алло"
    r"|сәлем(етсің бе|етсіз бе|дер)?|салем(етсиз бе|етсин бе)?|сәлеметсіздер ме|ассалау?ма?ғалейкум|ассаламу? ?алейкум|армысыз|қайырлы (таң|күн|кеш)|кайырлы (тан|кун|кеш)"
    r"|салом( ал[ае]йкум)?|ассалому? ал[ае]йкум|ассалом|субҳ ба хайр|субҳи шумо ба хайр|рӯз ба хайр|рӯзи хуш|рузи хуш|шом ба хайр|салому алайкум|дуруд|хуш омадед",
    "apology": r"(you are|youre|this is|thats|that is|so) (wrong|useless|stupid|bad|dumb|not helpful)|(useless|stupid|dumb|bad|terrible) bot|wrong( answer)?|no thats wrong|(это )?неправильно|не то|ты тупой|тупой бот|бесполезный бот|это не то|плохой бот"
    r"|дұрыс емес|қате|жаман бот|нодуруст|хато|ин нодуруст аст",
}
_ADDRESS = r"(?: (?:bot|there|friend|please|guys|dear|mate|man|бот|друг|друзья|дорогой|пожалуйста|брат|дӯст|дӯстон|достым|дос|бот ҷон|dear bot|all))*"
_ONE = {kind: re.compile(rf"(?:{phrases}){_ADDRESS}") for kind, phrases in _PHRASES.items()}
_ORDER: tuple[CourtesyKind, ...] = ("abilities", "wellbeing", "apology", "thanks", "goodbye", "greeting")
_OPENING = re.compile(rf"^(?:(?:{_PHRASES['greeting']}|{_PHRASES['thanks']}){_ADDRESS}[\s,.!–—-]+)+", re.I)


def courtesy_of(words: str) -> CourtesyKind | None:
    """The kind of courtesy of which a message wholly consists, or None.

    `words` are the message's words, normalised, with single spaces between. Where it says several things ("hello,
    how are you"), the one that most wants an answer counts.
    """
    rest, found = words, set()
    while rest:
        kind = max(_ORDER, key=lambda one: _longest(one, rest))  # "good morning" is no praise
        length = _longest(kind, rest)
        if not length:
            return None
        found.add(kind)
        rest = rest[length:].strip()
    return next((kind for kind in _ORDER if kind in found), None)


def _longest(kind: CourtesyKind, rest: str) -> int:
    """How many characters of `rest` a phrase of this kind takes, ending at a word's end; 0 for none."""
    match = re.match(rf"(?:{_ONE[kind].pattern})(?= |$)", rest)
    return match.end() if match else 0


def without_opening(normalised: str) -> str:
    """A normalised message without the greeting or thanks that it opens with."""
    rest = _OPENING.sub("", normalised)
    return rest if rest.strip(" ?!.,") else normalised
