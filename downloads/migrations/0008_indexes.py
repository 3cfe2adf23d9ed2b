from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # built while the table is in use

    dependencies = [
        ('downloads', '0007_rules'),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name='downloadentry',
            name='entries_status',
        ),
        AddIndexConcurrently(
            model_name='video',
            index=models.Index(condition=models.Q(('file_path', '')), fields=['created_at'], name='videos_not_stored'),
        ),
        AddIndexConcurrently(
            model_name='youtubedownload',
            index=models.Index(condition=models.Q(('plex_state__in', ('waiting', 'scanning'))), fields=['created_at'], name='downloads_to_show'),
        ),
    ]
