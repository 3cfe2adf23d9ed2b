from django.db import migrations

# Whom a person follows, as the list of their requests asks for it. It reads as whoever calls it, through the policies;
# being a function, it is planned once for a connection and not, with all that the policies bring, for each list.
FOLLOWED_BY = """
CREATE FUNCTION public.mn_followed_by(person uuid) RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT request_id FROM public.request_followers WHERE user_id = person);
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0010_comments_said_once")]

    operations = [migrations.RunSQL(FOLLOWED_BY, "DROP FUNCTION public.mn_followed_by(uuid)")]
