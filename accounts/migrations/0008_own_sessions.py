"""Sessions live in our own table now, so Django's goes, with the memory of having made it.

Everybody signs in once more. Going back to an earlier version, its `migrate` makes Django's table again.
"""

from django.db import migrations

AWAY = """
    DROP TABLE IF EXISTS django_session;
    DELETE FROM django_migrations WHERE app = 'sessions';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_keep_an_administrator'),
    ]

    operations = [migrations.RunSQL(AWAY, migrations.RunSQL.noop)]
