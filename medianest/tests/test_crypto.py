from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.forms import modelform_factory
from pytest_django.fixtures import Settings

from medianest.lib import crypto
from medianest.lib.crypto import CannotDecrypt, Keyring
from services.models import ServiceConfig

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()
SECRET = "token-of-the-nest"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> Iterator[None]:
    use(settings, f"old:{OLD}")
    yield
    crypto.keyring.cache_clear()  # the next test finds the installation's own keys again


def use(settings: Settings, keys: str) -> None:
    settings.ENCRYPTION_KEYS = keys
    crypto.keyring.cache_clear()


@pytest.fixture
def plex(db: None) -> ServiceConfig:
    return ServiceConfig.objects.create(service_name="plex", api_key=SECRET)


def stored(config: ServiceConfig) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM service_config WHERE id = %s", [config.pk])
        return str(cursor.fetchone()[0])


def store(config: ServiceConfig, text: str) -> ServiceConfig:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE service_config SET api_key = %s WHERE id = %s", [text, config.pk])
    return ServiceConfig.objects.get(pk=config.pk)


# --- the keyring ----------------------------------------------------------------------------------------------------------
def test_the_first_key_encrypts_and_all_decrypt() -> None:
    sealed = Keyring.parse(f"old:{OLD}").encrypt(SECRET, bound_to="here")
    both = Keyring.parse(f"new:{NEW}\nold:{OLD}")
    assert both.decrypt(sealed, bound_to="here") == SECRET
    assert both.encrypt(SECRET, bound_to="here").startswith("v1:new:")


def test_the_same_secret_never_looks_the_same() -> None:
    ring = Keyring.parse(f"old:{OLD}")
    assert ring.encrypt(SECRET, bound_to="here") != ring.encrypt(SECRET, bound_to="here")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda sealed: sealed.replace("v1:old", "v1:new"), id="unknown key"),
        pytest.param(lambda sealed: sealed.replace("v1", "v2"), id="unknown version"),
        pytest.param(lambda sealed: sealed[:-6] + "AAAA==", id="damaged"),
        pytest.param(lambda sealed: sealed[:20], id="cut off"),
        pytest.param(lambda sealed: "v1:old:%%%", id="not base64"),
        pytest.param(lambda sealed: "plain", id="never encrypted"),
    ],
)
def test_what_is_not_whole_does_not_open(change: object) -> None:
    ring = Keyring.parse(f"old:{OLD}")
    with pytest.raises(CannotDecrypt):
        ring.decrypt(change(ring.encrypt(SECRET, bound_to="here")), bound_to="here")  # type: ignore[operator]


def test_a_secret_opens_only_where_it_belongs() -> None:
    ring = Keyring.parse(f"old:{OLD}")
    with pytest.raises(CannotDecrypt):
        ring.decrypt(ring.encrypt(SECRET, bound_to="here"), bound_to="there")


@pytest.mark.parametrize("text", ["", "old", "old:short", f"o-ld:{OLD}", "old:" + "!" * 44])
def test_keys_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        Keyring.parse(text)


# --- the field ------------------------------------------------------------------------------------------------------------
def test_the_database_holds_no_secret(plex: ServiceConfig) -> None:
    assert SECRET not in stored(plex)
    assert stored(plex).startswith("v1:old:")


def test_reading_gives_it_back(plex: ServiceConfig) -> None:
    assert ServiceConfig.objects.get().api_key == SECRET


def test_a_column_left_out_is_fetched_when_it_is_read(plex: ServiceConfig) -> None:
    assert ServiceConfig.objects.defer("api_key").get().api_key == SECRET
    assert ServiceConfig.objects.only("service_name").get().api_key == SECRET


def test_no_secret_is_no_secret(db: None) -> None:
    plex = ServiceConfig.objects.create(service_name="plex")
    assert stored(plex) == ""
    assert ServiceConfig.objects.get().api_key == ""
    assert not plex.has_key


def test_saving_the_row_leaves_the_secret_as_it_is(plex: ServiceConfig) -> None:
    before = stored(plex)
    fresh = ServiceConfig.objects.get()
    fresh.service_url = "http://plex.example"
    fresh.save()
    assert stored(plex) == before
    assert ServiceConfig.objects.get().api_key == SECRET


def test_a_secret_moved_to_another_row_does_not_open(plex: ServiceConfig) -> None:
    other = ServiceConfig.objects.create(service_name="overseerr")
    moved = store(other, stored(plex))
    assert not moved.has_readable_key
    with pytest.raises(CannotDecrypt):
        _ = moved.api_key


def test_a_missing_key_is_noticed_and_the_rest_of_the_row_works(plex: ServiceConfig, settings: Settings) -> None:
    use(settings, f"new:{NEW}")
    fresh = ServiceConfig.objects.get()
    assert (fresh.has_key, fresh.has_readable_key, fresh.key_id) == (True, False, "old")
    fresh.enabled = False
    fresh.save()
    use(settings, f"new:{NEW}\nold:{OLD}")
    assert ServiceConfig.objects.get().api_key == SECRET


def test_an_update_without_the_row_is_refused(plex: ServiceConfig) -> None:
    with pytest.raises(TypeError, match=r"encrypted by save\(\) only"):
        ServiceConfig.objects.update(api_key="in the clear")
    plex.api_key = "in the clear"
    with pytest.raises(TypeError):
        ServiceConfig.objects.bulk_update([plex], ["api_key"])


def test_many_rows_are_encrypted_at_once(db: None) -> None:
    names = ("plex", "overseerr")
    ServiceConfig.objects.bulk_create([ServiceConfig(service_name=name, api_key=f"{SECRET}-{name}") for name in names])
    assert {c.service_name: c.api_key for c in ServiceConfig.objects.all()} == {n: f"{SECRET}-{n}" for n in names}


def test_a_dump_holds_no_secret(plex: ServiceConfig) -> None:
    assert json.loads(serializers.serialize("json", ServiceConfig.objects.all()))[0]["fields"]["api_key"] == ""


def test_an_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="line 2: the id 'k1' stands there twice"):
        Keyring.parse(f"k1:{NEW}\nk1:{OLD}")


def test_several_keys_may_share_a_line() -> None:
    ring = Keyring.parse(f"new:{NEW}, old:{OLD}\n\nolder:{base64.b64encode(b'e' * 32).decode()}")
    assert (ring.active_id, list(ring.keys)) == ("new", ["new", "old", "older"])


def test_keys_do_not_show_in_a_traceback() -> None:
    assert "ooo" not in repr(Keyring.parse(f"old:{OLD}"))


# --- a lost key -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def lost(plex: ServiceConfig, settings: Settings) -> ServiceConfig:
    """A row whose key is gone."""
    use(settings, f"new:{NEW}")
    return ServiceConfig.objects.get()


def test_a_row_whose_key_is_lost_can_be_read_again_checked_and_copied(lost: ServiceConfig) -> None:
    lost.refresh_from_db()
    lost.full_clean()
    ServiceConfig.objects.defer("api_key").get().refresh_from_db(fields=["api_key"])
    assert json.loads(serializers.serialize("json", [lost]))[0]["fields"]["service_name"] == "plex"
    with pytest.raises(CannotDecrypt):
        _ = lost.api_key


def test_entering_the_secret_again_mends_the_row(lost: ServiceConfig) -> None:
    lost.api_key = "another"
    lost.save()
    lost.refresh_from_db()
    assert (lost.api_key, lost.key_id, lost.has_readable_key) == ("another", "new", True)


def test_a_form_made_from_the_model_leaves_the_secret_out(plex: ServiceConfig) -> None:
    form = modelform_factory(ServiceConfig, fields="__all__")(instance=plex)
    assert "api_key" not in form.fields
    assert SECRET not in form.as_p()
