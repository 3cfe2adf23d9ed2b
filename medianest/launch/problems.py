"""What can stand in the way of a start, said in a sentence that tells what to do."""

from __future__ import annotations

import errno


class Problem(Exception):
    """Something the person at the keyboard must know; the text is shown as it is, without a traceback."""


def from_os_error(error: OSError, place: object = None) -> Problem:
    """The sentence for an error of the operating system; `place` is the file or folder when the error names none."""
    where = error.filename or place or "the disk"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem(
            f"The disk is full ({where}). Free some space, or choose a folder on another disk with MEDIANEST_DATA=…, "
            "and start again; nothing that was saved is lost."
        )
    if error.errno == errno.EROFS:
        return Problem(
            f"{where} lies on a read-only file system. Mount it writable or choose another folder: MEDIANEST_DATA=…"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Problem(
            f"{where} may not be written by this user. Change its owner, or choose another folder: MEDIANEST_DATA=…"
        )
    return Problem(f"{where}: {error.strerror or error}.")
