from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as StockAdminConfig
from django.core import checks as django_checks
from django.db.backends.signals import connection_created

from medianest import checks
from medianest.celery import app as celery_app
from medianest.lib import slow_queries


class MediaNestConfig(AppConfig):
    name = "medianest"
    verbose_name = "MediaNest"

    def ready(self) -> None:
        celery_app.set_default()  # whoever promises work sends its wake-up through the configured Redis
        connection_created.connect(slow_queries.watch, dispatch_uid="medianest.slow_queries")
        for check in checks.CHECKS:
            django_checks.register(check)
        for check in checks.DATABASE_CHECKS:
            django_checks.register(check, django_checks.Tags.database)


class AdminConfig(StockAdminConfig):
    """The stock admin in MediaNest's colours, behind MediaNest's own sign-in."""

    default_site = "medianest.admin.MediaNestAdminSite"

    def ready(self) -> None:
        super().ready()
        admin.site.unregister(apps.get_model("auth", "Group"))  # roles are enough; groups would do nothing
