"""The settings of a web server that a test starts: nothing was collected for it, so files go by their own names."""

from medianest.settings import *  # noqa: F403
from medianest.tests.plain_files import PLAIN_FILES as STORAGES  # noqa: F401
