"""Whether a sentence needs the one before it to be understood ("He added that …"), told by its words.

Pure; en, ru, kk, tg. A sentence that leans is ranked lower, and stated together with the one before it.
"""

from __future__ import annotations

import re

# Words at the beginning that point back: pronouns, demonstratives, connectives that continue a thought.
_BEGINS = re.compile(
    r"^\W*(?:"
    # English
    r"he|she|it(?! is (?:expected|known|planned|reported|recalled))|they|his|her|its|their|him|them|this|these|that|those|such|both"
    r"|according to (?:him|her|them)|in his|in her|in their|at (?:that|the same) time|in (?:this|that) (?:regard|connection|context)"
    r"|also|besides|moreover|furthermore|in addition|however|therefore|thus|then|otherwise|but|and|so|the (?:former|latter|same)"
    # Russian
    r"|он|она|оно|они|его|её|ее|их|ему|ей|им|это|эта|этот|эти|этого|этому|этим|такой|такая|такие|таким образом|тот|та|те|там|тогда"
    r"|по (?:его|её|ее|их) (?:словам|мнению|данным)|по словам (?:него|неё)|при этом|кроме того|помимо этого|в этой связи|в связи с этим"
    r"|также|однако|поэтому|затем|но|и|а|к тому же|в свою очередь|в то же время|оба|обе"
    # Kazakh
    r"|ол|олар|оның|олардың|оған|оны|бұл|осы|сол|мұндай|осылайша|сондай-ақ|сонымен қатар|сонымен бірге|бұдан басқа|алайда|бірақ"
    r"|сондықтан|содан кейін|оның айтуынша|осыған байланысты|екеуі"
    # Tajik
    r"|ӯ|вай|онҳо|он|ин|инҳо|ба гуфтаи (?:ӯ|вай)|ба андешаи (?:ӯ|вай)|ҳамчунин|ҳамчунон|инчунин|аммо|лекин|вале|бинобар ин|пас"
    r"|илова бар ин|ғайр аз ин|дар ин (?:маврид|замина|робита)|ҳамин тавр|дар баробари ин|ҳарду"
    r")(?!\w)",
    re.IGNORECASE,
)
# A quotation whose speaker is named only by a pronoun.
_SAYS = re.compile(
    r"[\"”»'],?\s*[–—-]?\s*(?:"
    r"(?:he|she|they) \w+|(?:said|added|noted|stressed) (?:he|she|they)"
    r"|\w+(?:л|ла|ли|ет|ит) (?:он|она|они)|(?:он|она|они) \w+"
    r"|де(?:ді|йді|п \w+) (?:ол|олар)|(?:гуфт|гуфтанд|афзуд|қайд кард) (?:ӯ|вай|онҳо)|(?:ӯ|вай) (?:гуфт|афзуд)"
    r")(?!\w)",
    re.IGNORECASE,
)


def leans(sentence: str) -> bool:
    """Whether the sentence points back to something said before it."""
    return bool(_BEGINS.match(sentence) or _SAYS.search(sentence))
