"""One file for each external service; each declares its class with `@registry.declare`.

Outside of a provider's own file nobody asks which kind it is: they ask for a capability (see `base.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medianest.lib.registry import Registry

if TYPE_CHECKING:
    from services.providers.base import Provider

registry: Registry[type[Provider]] = Registry(__name__, __path__)
