"""What a provider is. Grows in the provider builder's hands."""

from __future__ import annotations

from typing import ClassVar


class Provider:
    kind: ClassVar[str]
    label: ClassVar[str]
