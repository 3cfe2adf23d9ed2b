from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('operations', '0006_words_for_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('kind', ''), ('queue', ''), ('idempotency_key', ''), _connector='OR', _negated=True), name='jobs_named', violation_error_message='Work has a kind, a queue and a key.'),
        ),
        migrations.AddConstraint(
            model_name='securityevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind', ''), _negated=True), name='security_events_has_kind', violation_error_message='An event needs to say what happened.'),
        ),
    ]
