"""How many requests there are of a state, without looking at them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ("requests_app", "0012_seasons_by_look_up"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="mediarequest",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True)), fields=["status"], name="requests_counted"
            ),
        ),
    ]
