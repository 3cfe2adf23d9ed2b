"""The Celery application. Redis only wakes workers; what is to be done stands in the `jobs` table."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medianest.settings")

app = Celery("medianest")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
