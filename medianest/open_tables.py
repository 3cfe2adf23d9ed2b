"""Tables that name a person, or belong to a row that does, and have no row security: each with its reason."""

from __future__ import annotations

REASONS = {
    "users": "Names are shown beside what people share, and signing in looks for one before it is known who comes.",
    "jobs": "A promise is nobody's: one fetch serves everyone who waits for the video. A page tells at most why one's own request waits.",
    "django_admin_log": "Written and read in the administration only.",
    "service_config": "The house's own settings; the person is who saved them last.",
    "guide_pages": "Read by everyone; the person is who saved the page last.",
    "quick_links": "Shown to everyone; the person is who saved the link last.",
}
