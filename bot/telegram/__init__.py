"""The Telegram service; the only package that imports telegram."""

import os

# The library's present default warns at every flood-control answer; this is its way to ask for the new one.
os.environ.setdefault("PTB_TIMEDELTA", "1")
