"""`python3 -m medianest.launch`: refuses Pythons that are too old in one sentence, then hands over to `cli`.

Written in the Python of long ago on purpose; a newer spelling would answer with a SyntaxError instead.
"""

import sys

OLDEST = (3, 11)


def refusal(version):  # type: ignore[no-untyped-def]  # annotations of today's kind would not parse everywhere
    """The sentence for a Python that is too old, or nothing. `version` is sys.version_info or its first two numbers."""
    if tuple(version[:2]) >= OLDEST:
        return ""
    return (
        "MediaNest needs Python %d.%d or newer; this is %d.%d. "  # noqa: UP031  (must parse on Python 2 and 3.5 too)
        "Install it or run: make run PYTHON=/path/to/python3.11" % (OLDEST + tuple(version[:2]))
    )


if __name__ == "__main__":
    sentence = refusal(sys.version_info)  # type: ignore[no-untyped-call]
    if sentence:
        sys.stderr.write(sentence + "\n")
        sys.exit(1)
    from medianest.launch.cli import main  # only now: the rest is written for Python 3.11

    sys.exit(main(sys.argv[1:]))
