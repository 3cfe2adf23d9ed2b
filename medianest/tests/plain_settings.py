"""The settings of a web server that a test starts: nothing was collected for it, so files go by their own names.

TEST_POOL_WAIT is for how many seconds a request waits for a connection of the pool, where a test wants another time.
"""

import os

from medianest.settings import *  # noqa: F403
from medianest.settings import DATABASES
from medianest.tests.plain_files import PLAIN_FILES as STORAGES  # noqa: F401

if _wait := os.environ.get("TEST_POOL_WAIT"):
    DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = float(_wait)  # type: ignore[index]
