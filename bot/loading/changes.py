"""Rows into the table: what is added and changed by a load."""

from __future__ import annotations

import json
from pathlib import Path

from sqlite_utils import Database

from bot import store
from bot.loading.build import rebuild
from bot.loading.formats import Contents


def load(path: Path, contents: list[Contents]) -> int:
    """Put what the files hold into the table at `path`; returns the number of rows."""
    with store.replacing(path) as connection:
        database = Database(connection)
        with database.atomic():
            count = 0
            for one in contents:
                for fact in one.facts:
                    source = {key: str(fact.get(key, "")) for key in ("publisher", "title", "url", "published")}
                    number = database.table("sources").lookup(source)
                    database.table("facts").upsert(
                        {
                            "id": fact["id"],
                            "lang": fact["lang"],
                            "text": fact["text"],
                            "keywords": json.dumps(fact["keywords"], ensure_ascii=False),
                            "topic": fact.get("topic", ""),
                            "attribution": fact.get("attribution", ""),
                            "as_of": fact.get("as_of", ""),
                            "source": number,
                            "position": fact["position"],
                        },
                        pk=("id", "lang"),
                    )
                    count += 1
                database.table("concepts").upsert_all(
                    (
                        {"concept": name, "lang": lang, "words": json.dumps(words, ensure_ascii=False)}
                        for name, lang, words in one.concepts
                    ),
                    pk=("concept", "lang"),
                )
                database.table("unanswerable").upsert_all(
                    ({"question": question, "lang": lang} for question, lang in one.unanswerable),
                    pk="question",
                )
        rebuild(connection)
        connection.execute("VACUUM")
        return count
