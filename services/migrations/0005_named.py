from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0004_audit_by_statement'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='serviceconfig',
            constraint=models.CheckConstraint(condition=models.Q(('service_name__regex', '^[a-z0-9][a-z0-9-]*$')), name='service_config_named', violation_error_message="A service's name has small letters, digits and hyphens."),
        ),
    ]
