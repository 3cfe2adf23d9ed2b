from django.db import migrations

COPY = """
UPDATE users SET shown_name = profiles.display_name, theme = profiles.theme, language = profiles.language
FROM profiles WHERE profiles.user_id = users.id
    AND (users.shown_name, users.theme, users.language)
        IS DISTINCT FROM (profiles.display_name, profiles.theme, profiles.language)
"""


class Migration(migrations.Migration):
    """What profiles said before their trigger was there."""

    dependencies = [("accounts", "0011_shown_to_others")]

    operations = [migrations.RunSQL(COPY, migrations.RunSQL.noop)]
