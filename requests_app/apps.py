from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "requests_app"
    verbose_name = "Requests"

    def ready(self) -> None:
        # Declares marks and panels, which needs the models.
        from requests_app import title_parts  # noqa: F401, PLC0415
