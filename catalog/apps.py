from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        # Declares marks, panels and who knows streaming services, which needs the models.
        from catalog import in_library, streaming  # noqa: F401, PLC0415
