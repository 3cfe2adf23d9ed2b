from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as StockAdminConfig


class MediaNestConfig(AppConfig):
    name = "medianest"
    verbose_name = "MediaNest"


class AdminConfig(StockAdminConfig):
    """The stock admin in MediaNest's colours, behind MediaNest's own sign-in."""

    default_site = "medianest.admin.MediaNestAdminSite"
