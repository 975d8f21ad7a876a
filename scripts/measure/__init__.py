"""What scripts/evaluate.py and scripts/bench.py measure with: questions, peers, tables, pictures."""
