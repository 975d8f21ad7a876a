"""Articles: text, Markdown and HTML to sentences that keep their order; which of them lean on the one before."""

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import store
from bot.answering import Answerer
from bot.loading.leaning import leans
from bot.loading.splitting import sentences
from bot.model import Answer, Conversation, Question, Source
from scripts.load_facts import main

SPLIT = [
    "President K. J. Tokayev met Mr. Rahmon at 5 p.m. on May 3.|He said trade grew by 3.5 percent.|The U.S. delegation left.",
    "He came on Jan. 5, 2021 to No. 10 Downing St. with Lt. Gen. Ivanov... and left.|Why?|Nobody knows!|“It is late.”|So it was.",
    '“Special attention will be paid to security," the spokesman says.|“Rahmon invited Tokayev,” the website says.',
    '"It is good. We agree," he added.|Dr. Smith vs. Jones Inc. went to St. Petersburg.',
    "They met in the U.S.|The talks (see e.g. p. 5) lasted.|It ended at 7 p.m.|Then they left.",
    "Президент К. Токаев прибыл в г. Душанбе 19 мая 2021 г.|Он встретился с Э. Рахмоном.",
    "Товарооборот вырос на 3.5% и составил 1,2 млрд. долл. США, т.е. рекорд.|См. с. 5 и т. д.|Затем гг. 1993–1995 прошли.",
    "«Визит состоится в мае. Мы готовы», — сказал он.|И. о. министра А. С. Петров сообщил, что в т. ч. и др. вопросы обсудят.",
    "Ул. им. Ленина, д. 5.|В 1992 г. были установлены отношения.",
    "Президент Қ. Тоқаев 2021 ж. 19 мамырда Душанбеге барды.|Ол Э. Рахмонмен кездесті.|Сауда 3.5 пайызға өсті, т.б. мәселелер.",
    "«Сапар мамырда өтеді. Біз дайынбыз», — деді ол.|Алматы қ. Абай көш. 5-үй.|Бұл маңызды.",
    "Президент Қ. Тоқаев 19 майи с. 2021 ба ш. Душанбе омад.|Ӯ бо Э. Раҳмон вохӯрд.",
    "«Сафар дар моҳи май мешавад. Мо омодаем», — гуфт ӯ.|Соли 1992 м. барқарор шуд.|Ин муҳим аст.",
]


@pytest.mark.parametrize("expected", SPLIT)
def test_sentences(expected: str) -> None:
    assert sentences(expected.replace("|", "  ")) == expected.split("|")


@pytest.mark.parametrize("part", ["A. ", "1. ", '"Abc de." ', "(A. B.) "])
def test_a_long_paragraph_is_not_read_from_its_beginning_at_every_stop(part: str) -> None:
    times = 200_000 // len(part)
    began = time.process_time()
    assert "".join(sentences(part * times)).count(part.strip()) == times
    assert time.process_time() - began < 15  # takes one; minutes, were it so


@pytest.mark.parametrize(
    "sentence",
    [
        "He added that the visit was important.",
        "“It begins in May,” he said.",
        "According to him, meetings are planned.",
        "However, the border was closed.",
        "Он добавил, что визит важен.",
        "«Мы готовы», — сказал он.",
        "Кроме того, стороны обсудят торговлю.",
        "Ол сапардың маңызды екенін айтты.",
        "«Біз дайынбыз», — деді ол.",
        "Ӯ гуфт, ки сафар муҳим аст.",
        "«Мо омодаем», — гуфт ӯ.",
    ],
)
def test_sentences_that_lean(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Herat lies in Afghanistan.",
        "It is expected that Rahmon and Japarov will sign agreements.",
        "Berik Uali added that he was glad.",
        "“We agree,” the spokesman said.",
        "Онегин — роман в стихах.",
        "Токаев сказал, что он готов.",
        "Олимпиада Токиода өтті.",
        "Инсон ба моҳ рафт.",
    ],
)
def test_sentences_that_stand_alone(sentence: str) -> None:
    assert not leans(sentence)


TEXT = """\
Ferries of Velm

Captain Ida Kroon founded the ferry line of Velm in 1887. She gave the first boat the name
Saint Olga, after her mother.

History

The boat sank near Ostrey Island in 1794. The boat sank near Ostrey Island in 1794.
"""
MARKDOWN = """\
# Ferries of Velm

Captain **Ida Kroon** founded the [ferry line](https://x.example) of Velm in 1887. She gave the first
boat the name *Saint Olga*, after her mother.

## History

```
print("no statement.")
```

| a | b |
|---|---|
| 1 | 2. |

- The boat sank near Ostrey Island in 1794.
"""
HTML = """\
<!doctype html><html lang="en"><head><title>Ferries of Velm</title>
<meta property="og:site_name" content="The Velm Herald"><meta property="og:title" content="Ferries of Velm">
<meta property="article:published_time" content="2019-03-02T10:00:00Z"><link rel="canonical" href="https://velm.example/ferries">
</head><body><nav><a href="/">Home</a> <a href="/news">News.</a></nav><article><h1>Ferries of Velm</h1>
<p>Captain Ida Kroon founded the ferry line of Velm in 1887. She gave the first boat the name Saint Olga, after her mother.</p>
<h2>History</h2><p>The boat sank near Ostrey Island in 1794.</p></article><footer>Copyright. All rights reserved.</footer></body></html>
"""
SENTENCES = [
    "Captain Ida Kroon founded the ferry line of Velm in 1887.",
    "She gave the first boat the name Saint Olga, after her mother.",
    "The boat sank near Ostrey Island in 1794.",
]


def load(folder: Path, name: str, content: str, *arguments: str) -> Path:
    file, table = folder / name, folder / "facts.db"
    file.write_text(content, encoding="utf-8")
    assert main([str(file), "--db", str(table), *arguments]) == 0
    return table


@pytest.mark.parametrize(("name", "content"), [("a.txt", TEXT), ("a.md", MARKDOWN), ("a.html", HTML)])
def test_an_article_becomes_its_sentences(tmp_path: Path, name: str, content: str) -> None:
    table = load(
        tmp_path,
        name,
        content,
        "--publisher",
        "Herald",
        "--url",
        "https://velm.example/1",
        "--attribution",
        "Ida Kroon",
    )
    with closing(store.open_reader(table)) as connection:
        facts = list(store.read_facts(connection))
        leaning = [bool(one) for (one,) in connection.execute("SELECT leans FROM search ORDER BY docid")]
    assert [fact.text for fact in facts] == SENTENCES
    assert [fact.position for fact in facts] == [0, 1, 2]
    published = "2019-03-02" if name == "a.html" else ""
    assert {fact.source for fact in facts} == {Source("Herald", "Ferries of Velm", "https://velm.example/1", published)}
    assert {(fact.lang, fact.attribution) for fact in facts} == {("en", "Ida Kroon")}
    assert leaning == [False, True, False]


def test_what_a_page_says_of_itself_need_not_be_said(tmp_path: Path) -> None:
    table = load(tmp_path, "page.htm", HTML)
    with closing(store.open_reader(table)) as connection:
        sources = {fact.source for fact in store.read_facts(connection)}
    assert sources == {Source("The Velm Herald", "Ferries of Velm", "https://velm.example/ferries", "2019-03-02")}


@pytest.mark.parametrize(("name", "content"), [("a.txt", "A heading\n"), ("a.md", "# A heading\n"), ("a.html", "<p>")])
def test_a_page_without_sentences(tmp_path: Path, name: str, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    assert main([str(file), "--db", str(tmp_path / "facts.db"), "--publisher", "P"]) == 2
    said = f"{file}: no sentence was found in it; is it an article?\nNothing was loaded.\n"
    assert capsys.readouterr().err == said


def test_a_new_version_of_an_article_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    source = ("--url", "https://velm.example/1", "--replace-source")
    load(tmp_path, "a.txt", TEXT, *source)
    table = load(tmp_path, "a.txt", TEXT.replace("1887", "1888").replace("\nHistory\n", "\nIt was red.\n"), *source)
    with closing(store.open_reader(table)) as connection:
        assert [fact.text for fact in store.read_facts(connection)] == [
            SENTENCES[0].replace("1887", "1888"),
            SENTENCES[1],
            "It was red.",
            SENTENCES[2],
        ]


def test_a_sentence_that_leans_is_answered_with_the_one_before(tmp_path: Path) -> None:
    table = load(tmp_path, "a.txt", TEXT, "--publisher", "Herald")
    with closing(Answerer(table)) as answerer:
        question = Question("Who gave the first boat the name Saint Olga after her mother?", datetime.now(UTC))
        reply, _ = answerer.answer(question, Conversation())
    assert isinstance(reply, Answer)
    assert [match.fact.text for match in reply.facts] == SENTENCES[:2]
