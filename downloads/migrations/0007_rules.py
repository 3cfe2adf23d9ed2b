import datetime
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Func, Value
from django.db.models.functions import Greatest

NO_REASON = "No reason was given."


def mend(apps: Any, schema_editor: Any) -> None:
    """Bring rows that were written before these rules into line with them. Afterwards nothing tells them from others,
    so taking the rules back leaves them as they are."""
    downloads, videos, profiles, queue = (
        apps.get_model("downloads", name).objects
        for name in ("YoutubeDownload", "Video", "DownloadProfile", "DownloadQueue")
    )
    downloads.filter(status="declined", decline_reason="").update(decline_reason=NO_REASON)
    downloads.filter(completed_at__lt=F("ordered_at")).update(completed_at=F("ordered_at"))
    hour = datetime.timedelta(hours=1)
    downloads.filter(sync_interval__lt=hour).update(sync_interval=hour)
    for number in ("file_bytes", "downloaded_bytes", "total_bytes", "speed_bps"):
        videos.filter(**{f"{number}__lt": 0}).update(**{number: Greatest(number, 0)})
    commas = Func(F("subtitles"), Value("[^A-Za-z0-9, -]+"), Value(","), Value("g"), function="regexp_replace")
    profiles.exclude(subtitles__regex=r"^[A-Za-z0-9, -]*$").update(subtitles=commas)
    queue.filter(tokens__lt=0).update(tokens=0)



class Migration(migrations.Migration):

    dependencies = [
        ('downloads', '0006_audit_by_statement'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(mend, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='downloadprofile',
            constraint=models.CheckConstraint(condition=models.Q(('subtitles__regex', '^[A-Za-z0-9, -]*$')), name='profile_subtitles_shape', violation_error_message='Write languages with commas between them, like en,de.'),
        ),
        migrations.AddConstraint(
            model_name='downloadqueue',
            constraint=models.CheckConstraint(condition=models.Q(('tokens__gte', 0)), name='download_queue_tokens', violation_error_message='Turns cannot be fewer than none.'),
        ),
        migrations.AddConstraint(
            model_name='video',
            constraint=models.CheckConstraint(condition=models.Q(('video_id__regex', '^[A-Za-z0-9_-]{11}$')), name='videos_id_shape', violation_error_message="A video's id has eleven letters, digits, “-” or “_”."),
        ),
        migrations.AddConstraint(
            model_name='video',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file_bytes__isnull', True), ('file_bytes__gte', 0), _connector='OR'), ('downloaded_bytes__gte', 0), models.Q(('total_bytes__isnull', True), ('total_bytes__gte', 0), _connector='OR'), models.Q(('speed_bps__isnull', True), ('speed_bps__gte', 0), _connector='OR')), name='videos_bytes_not_negative', violation_error_message='A number of bytes cannot be negative.'),
        ),
        migrations.AddConstraint(
            model_name='youtubedownload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'declined'), _negated=True), models.Q(('decline_reason', ''), _negated=True), _connector='OR'), name='downloads_declined_with_reason', violation_error_message='Say why it is declined.'),
        ),
        migrations.AddConstraint(
            model_name='youtubedownload',
            constraint=models.CheckConstraint(condition=models.Q(('completed_at__isnull', True), ('ordered_at__isnull', True), ('completed_at__gte', models.F('ordered_at')), _connector='OR'), name='downloads_end_after_start', violation_error_message='It cannot end before it was ordered.'),
        ),
        migrations.AddConstraint(
            model_name='youtubedownload',
            constraint=models.CheckConstraint(condition=models.Q(('sync_interval__isnull', True), ('sync_interval__gte', datetime.timedelta(seconds=3600)), _connector='OR'), name='downloads_sync_not_too_often', violation_error_message='A list is looked at again once an hour at most.'),
        ),
    ]
