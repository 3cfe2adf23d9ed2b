from catalog.tests.outside import _overseerr_server, _tmdb_server, overseerr, tmdb  # noqa: F401  (fixtures)
from medianest.tests.people import (  # noqa: F401  (fixtures)
    _files_as_they_are,
    administrator,
    administrators,
    anna,
    annas,
    ben,
    bens,
    moderator,
    moderators,
    stranger,
)
from requests_app.tests.fetched import alone, each_version, newest  # noqa: F401  (fixtures)
