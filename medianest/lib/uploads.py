"""What people upload is limited before it is read, so that nobody fills memory or disk with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUpload(FileUploadHandler):
    """Refuses a request that says it is longer than UPLOAD_MAX_SIZE bytes; no more than it says is ever read."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:
        """Raises RequestDataTooBig, which is answered with 400."""
        if content_length > settings.UPLOAD_MAX_SIZE:
            raise RequestDataTooBig("More was uploaded than is taken.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
