"""Everybody's requests from A to Z, a page at a time."""

import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ("requests_app", "0007_audit_by_statement"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="mediarequest",
            index=models.Index(django.db.models.functions.text.Lower("title"), "id", name="requests_by_title"),
        ),
    ]
