"""A question answering bot over a table of sourced facts."""
