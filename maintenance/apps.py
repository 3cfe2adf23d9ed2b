from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MaintenanceConfig(AppConfig):
    name = "maintenance"
    verbose_name = "Maintenance"

    def ready(self) -> None:
        autodiscover_modules("personal")  # so that it is known what every app keeps about a person
