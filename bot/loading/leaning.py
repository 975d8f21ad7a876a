"""Whether a sentence needs the one before it to be understood ("He added that …"), told by its words.

Pure; the words stand in bot/languages/. A sentence that leans is ranked lower, and stated together with the one before.
"""

from __future__ import annotations

import re

from bot.language import alternatives

_BEGINS = re.compile(rf"^\W*(?:{alternatives('sentences', 'leaning')})(?!\w)", re.IGNORECASE)
# A quotation whose speaker is named only by a pronoun.
_SAYS = re.compile(rf"[\"”»'],?\s*[–—-]?\s*(?:{alternatives('sentences', 'said')})(?!\w)", re.IGNORECASE)


def leans(sentence: str) -> bool:
    """Whether the sentence points back to something said before it."""
    return bool(_BEGINS.match(sentence) or _SAYS.search(sentence))
