"""The seed of the random kills: printed at the head of every test run, set by PACTWATCH_KILL_SEED to repeat one."""

from __future__ import annotations

import os
import random

SEED = int(os.environ.get("PACTWATCH_KILL_SEED") or random.SystemRandom().randrange(1_000_000))
