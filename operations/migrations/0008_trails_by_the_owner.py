from django.db import migrations

# Lines of the audit trail are written by its triggers alone. These now run with the rights of the tables' owner, and the
# running roles lose the right to add lines themselves. Tables and triggers made from now on bring this along
# (medianest/lib/append_only.py, medianest/lib/trail_trigger.py); here is the same for those that stand already.
_EACH = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT DISTINCT tgfoid::regprocedure AS name FROM pg_catalog.pg_trigger
        WHERE tgname ~ '^pgtrigger_audit_(insert|update|delete)_'
    LOOP
        {functions}
    END LOOP;
    FOR found IN
        SELECT polrelid::regclass AS name, rolname FROM pg_catalog.pg_policy, pg_catalog.pg_roles
        WHERE polname = 'anybody_adds' AND rolname IN ('mn_app', 'mn_staff', 'mn_worker')
    LOOP
        {tables}
    END LOOP;
END $$;
"""
FORWARD = _EACH.format(
    functions="""
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', found.name);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', found.name);
    """,
    tables="EXECUTE format('REVOKE INSERT ON %s FROM %I', found.name, found.rolname);",
)
BACK = _EACH.format(
    functions="""
        EXECUTE format('ALTER FUNCTION %s SECURITY INVOKER RESET search_path', found.name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', found.name);
    """,
    tables="EXECUTE format('GRANT INSERT ON %s TO %I', found.name, found.rolname);",
)


class Migration(migrations.Migration):
    dependencies = [("operations", "0007_rules_of_work")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
