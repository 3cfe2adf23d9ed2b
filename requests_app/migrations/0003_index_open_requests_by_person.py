"""A person's open requests without looking through everybody's."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('requests_app', '0002_audit'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='mediarequest',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['user', '-created_at', '-id'], name='requests_user_open'),
        ),
    ]
