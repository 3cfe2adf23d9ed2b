from __future__ import annotations

import pytest
from django.db import connection

from medianest.env import celery_broker


@pytest.mark.parametrize(
    ("url", "kombus"),
    [
        ("redis://cache:6379/3", "redis://cache:6379/3"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix:///run/redis.sock?db=7", "redis+socket:///run/redis.sock?virtual_host=7"),
        ("unix://:word@/run/redis.sock?db=2", "redis+socket://:word@/run/redis.sock?virtual_host=2"),
    ],
)
def test_a_socket_is_spelt_as_kombu_wants_it(url: str, kombus: str) -> None:
    assert celery_broker(url) == kombus


@pytest.mark.django_db
def test_a_database_that_vanished_is_noticed_soon() -> None:
    with connection.cursor():
        told = connection.connection.info.get_parameters()
    assert (told["keepalives_idle"], told["tcp_user_timeout"]) == ("10", "15000")
