"""Addresses under /account/."""

from __future__ import annotations

from django.urls import path

from accounts import rights_page, views
from accounts.letters import views as letters
from accounts.plex import import_views, link_views
from accounts.plex import views as plex
from accounts.profile import picture_views
from accounts.profile import views as profile
from accounts.second_step import views as second_step
from accounts.sessions import views as sessions

app_name = "accounts"
urlpatterns = [
    path("", profile.profile, name="profile"),
    path("picture/", picture_views.choose, name="picture"),
    path("picture/remove/", picture_views.remove, name="picture-remove"),
    path("telling/", profile.telling, name="telling"),
    path("streaming/", profile.streaming, name="streaming"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("change-password/", views.change_password, name="change-password"),
    path("sign-in/code/", second_step.ask, name="second-step-ask"),
    path("reset/", letters.forgotten, name="forgotten"),
    path("reset/new/", letters.new_password, name="reset-new"),
    path("reset/<str:text>/", letters.open_link, name="reset-link"),
    path("e-mail/", letters.address, name="address"),
    path("e-mail/<str:text>/", letters.confirm, name="confirm-address"),
    path("second-step/", second_step.overview, name="second-step"),
    path("second-step/set-up/", second_step.set_up, name="second-step-set-up"),
    path("second-step/turn-off/", second_step.turn_off, name="second-step-off"),
    path("second-step/codes/", second_step.recovery_codes, name="second-step-codes"),
    path("rights/", rights_page.show, name="rights"),
    path("plex/", plex.waiting, name="plex-waiting"),
    path("plex/begin/", plex.begin, name="plex-begin"),
    path("plex/return/", plex.come_back, name="plex-return"),
    path("plex/continue/", plex.go_on, name="plex-continue"),
    path("plex/look/", plex.look, name="plex-look"),
    path("plex/stop/", plex.stop, name="plex-stop"),
    path("plex/refused/", plex.refused, name="plex-refused"),
    path("plex/reconnect/", plex.reconnect, name="plex-reconnect"),
    path("plex/link/", link_views.link, name="plex-link"),
    path("plex/unlink/", link_views.unlink, name="plex-unlink"),
    path("import/", import_views.people, name="import"),
    path("import/start/", import_views.start, name="import-start"),
    path("import/look/", import_views.look_again, name="import-look"),
    path("import/progress/", import_views.progress, name="import-progress"),
    path("confirm/", sessions.confirm, name="confirm"),
    path("devices/", sessions.devices, name="devices"),
    path("devices/end-others/", sessions.end_other_devices, name="end-other-devices"),
    path("devices/<uuid:device_id>/end/", sessions.end_device, name="end-device"),
    path("tokens/", sessions.access_tokens, name="tokens"),
    path("tokens/<uuid:token_id>/end/", sessions.end_token, name="end-token"),
]
