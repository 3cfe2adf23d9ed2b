"""A comment of Overseerr stands in a report once."""

from django.db import migrations, models

from medianest.lib.concurrently import AddUniqueConcurrently


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ("requests_app", "0009_problems_both_ways"),
    ]

    operations = [
        AddUniqueConcurrently(
            model_name="problemcomment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("overseerr_id__isnull", False)),
                fields=("report", "overseerr_id"),
                name="problem_comments_said_once",
                violation_error_message="This comment of Overseerr is here already.",
            ),
        ),
    ]
