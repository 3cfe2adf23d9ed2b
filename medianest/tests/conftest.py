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
