"""Deleted people give their names, addresses and Plex ids free.

Indexes are built while the table is in use; the old rules go when the new ones stand.
"""

import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from medianest.lib.concurrently import AddUniqueConcurrently

AGREE = """
    UPDATE users SET deleted_at = updated_at WHERE status = 'deleted' AND deleted_at IS NULL;
    UPDATE users SET deleted_at = NULL WHERE status <> 'deleted' AND deleted_at IS NOT NULL;
    UPDATE users SET email = NULL WHERE email = '';
    UPDATE users SET plex_id = NULL WHERE plex_id <= 0;
    UPDATE users SET username = 'person-' || id WHERE username = '';
"""
# Going back, nobody may share a name: deleted people whose name somebody else bears now lose it.
NAMES_APART = """
    UPDATE users gone SET username = left(username, 100) || '~' || id
    WHERE deleted_at IS NOT NULL
      AND EXISTS (SELECT FROM users o WHERE o.id <> gone.id AND lower(o.username) = lower(gone.username));
    UPDATE users gone SET email = NULL
    WHERE deleted_at IS NOT NULL
      AND EXISTS (SELECT FROM users o WHERE o.id <> gone.id AND lower(o.email) = lower(gone.email));
    UPDATE users gone SET plex_id = NULL
    WHERE deleted_at IS NOT NULL
      AND EXISTS (SELECT FROM users o WHERE o.id <> gone.id AND o.plex_id = gone.plex_id);
"""


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('accounts', '0002_sign_in_tables'),
    ]

    operations = [
        migrations.RunSQL(AGREE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('username', ''), _negated=True), name='users_has_username', violation_error_message='Give the person a user name.'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email__isnull', True), models.Q(('email', ''), _negated=True), _connector='OR'), name='users_email_or_none', violation_error_message='Give an e-mail address or none at all.'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('plex_id__isnull', True), ('plex_id__gt', 0), _connector='OR'), name='users_plex_id_positive', violation_error_message='A Plex id is a number above zero.'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deleted_at__isnull', False), ('status', 'deleted')), models.Q(models.Q(('status', 'deleted'), _negated=True), ('deleted_at__isnull', True)), _connector='OR'), name='users_deleted_has_time', violation_error_message='A deleted person has a time of deletion, and nobody else has.'),
        ),
        AddUniqueConcurrently(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('deleted_at__isnull', True)), name='users_one_per_email', violation_error_message='Someone else has this e-mail address.'),
        ),
        AddUniqueConcurrently(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), condition=models.Q(('deleted_at__isnull', True)), name='users_one_per_username', violation_error_message='This user name is taken.'),
        ),
        AddUniqueConcurrently(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('plex_id',), name='users_one_per_plex_id', violation_error_message='Someone else signs in with this Plex account.'),
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='users_email_unique',
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='users_username_unique',
        ),
        migrations.AlterField(
            model_name='user',
            name='plex_id',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='Plex id'),
        ),
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(fields=['username'], name='users_by_name'),
        ),
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='users_deleted'),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, NAMES_APART),
    ]
