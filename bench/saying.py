"""One line a figure."""

from __future__ import annotations


def say(name: str, value: str, goal: str = "", good: bool = True) -> bool:
    """Print a figure, and MISSED where it is not `good`; gives `good` back."""
    print(f"{name:<46} {value:>22}   {goal}{'' if good else '   MISSED'}", flush=True)
    return good
