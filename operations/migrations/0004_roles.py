"""The roles that row-level security tells apart, and their rights on every table."""

from typing import Any

from django.db import migrations

from operations.roles import ensure


def roles(apps: object, schema_editor: Any) -> None:
    ensure(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("operations", "0003_audit")]

    operations = [
        # Roles belong to the whole server and may be used elsewhere: they stay when the tables go.
        migrations.RunPython(roles, migrations.RunPython.noop),
    ]
