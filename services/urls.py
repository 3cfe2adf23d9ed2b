from django.urls import path

from services import views

app_name = "services"
urlpatterns = [
    path("status/", views.status, name="status"),
    path("status/now/", views.status_now, name="status-now"),
    path("setup/", views.setup, name="setup"),
    path("setup/folder/", views.ask_folder, name="setup-folder"),
    path("setup/<slug:service_name>/", views.connect, name="connect"),
]
