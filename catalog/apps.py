from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        # Declares marks and panels, which needs the models.
        from catalog import in_library  # noqa: F401, PLC0415
