"""Measures the quality of answers beside that of other methods: scripts/evaluate.py [QUESTIONS] [--errors] …

QUESTIONS is a folder of question files (JSON lines: en, multi, followup, off, smalltalk); see README for the format.
Right: every pattern of `expect` is found in the stated facts. Wrong: facts, but not every pattern. Refused: no fact.
Offered: right, or the right fact is among those suggested. Articles: XQuAD and CLINC150, from the folder --data.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.browsing import Guide
from bot.config import CHECKOUT, FACTS_DB
from bot.telegram.core import warm_up
from scripts.measure.articles import measure_bot, measure_peer, read_sets
from scripts.measure.comparison import draw
from scripts.measure.peers import PEERS, Peer
from scripts.measure.questions import ask_all
from scripts.measure.report import OURS, Results, lines
from scripts.measure.rivals import documents, measure_rival

SHARED = CHECKOUT.parent / "shared"


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="?", type=Path, default=SHARED / "questions")
    parser.add_argument("--data", type=Path, default=SHARED / "data", help="folder with XQuAD and CLINC150")
    parser.add_argument("--db", type=Path, default=FACTS_DB)
    parser.add_argument("--errors", action="store_true", help="list each miss with the reply")
    parser.add_argument("--only", choices=("questions", "articles"), help="leave the other out")
    parser.add_argument("--no-peers", action="store_true", help="measure the bot alone")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the comparison as SVG")
    args = parser.parse_args()
    results = Results(peers=() if args.no_peers else tuple(peer.name for peer in PEERS))
    results.missing = tuple(peer.name for peer in PEERS if peer.name in results.peers and peer.missing())
    peers = [peer for peer in PEERS if peer.name in results.peers and peer.name not in results.missing]
    with tempfile.TemporaryDirectory() as folder:
        if args.only != "articles":
            _questions(results, args.questions, args.db, peers, Path(folder))
        if args.only != "questions":
            _articles(results, args.data, peers, Path(folder))
    if results.outcome or results.articles:
        print(*lines(results, args.errors), sep="\n")
    if args.picture:
        args.picture.write_text(draw(results), encoding="utf-8")
    return 0


def _questions(results: Results, questions: Path, table: Path, peers: list[Peer], folder: Path) -> None:
    if not questions.is_dir():
        print(f"No question files at {questions}: skipped.")
        return
    answerer = Guide(table)
    warm_up(answerer)  # times are those of a running service
    results.outcome = ask_all(answerer, questions)
    answerer.close()
    known = documents(table)
    for peer in peers:
        results.rivals[peer.name] = measure_rival(peer, known, questions, folder / f"own {peer.name}")


def _articles(results: Results, data: Path, peers: list[Peer], folder: Path) -> None:
    sets = read_sets(data)
    if not sets:
        print(f"No articles at {data}: skipped.")
        return
    results.sizes = {lang: len(one.articles.facts) for lang, one in sets.items()}
    results.articles[OURS] = measure_bot(sets, folder)
    for peer in peers:
        results.articles[peer.name] = measure_peer(sets, peer, folder / peer.name)


if __name__ == "__main__":
    sys.exit(main())
