"""People, their sign-ins, sessions and tokens in the admin."""

from accounts.admin import people, second_steps, signins

__all__ = ["people", "second_steps", "signins"]
