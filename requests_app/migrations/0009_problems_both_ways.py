"""Problems know what Overseerr said of them last, and which comments were said there."""

import medianest.lib.trail_trigger
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0007_discover_rows'),
        ('requests_app', '0008_index_by_title'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='problemcomment',
            name='audit_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='problemcomment',
            name='audit_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='problemcomment',
            name='audit_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='problemreport',
            name='audit_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='problemreport',
            name='audit_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='problemreport',
            name='audit_delete',
        ),
        migrations.AddField(
            model_name='problemcomment',
            name='overseerr_id',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='number in Overseerr'),
        ),
        migrations.AddField(
            model_name='problemcomment',
            name='said_there',
            field=models.BooleanField(default=False, verbose_name='said in Overseerr'),
        ),
        migrations.AddField(
            model_name='problemreport',
            name='overseerr_status',
            field=models.CharField(blank=True, choices=[('open', 'open'), ('resolved', 'resolved')], help_text='As it was seen there last; what differs later was changed there.', max_length=8, verbose_name='status in Overseerr'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='problemcomment',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=medianest.lib.trail_trigger.TrailSQL(declare="DECLARE trail_context jsonb := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;", func='INSERT INTO public."problem_comments_audit" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, before, after) SELECT clock_timestamp(), \'insert\', n."id", trail_context, NULL, jsonb_build_object(\'report\', n."report_id", \'user\', n."user_id", \'message\', n."message", \'overseerr_id\', n."overseerr_id", \'said_there\', n."said_there") FROM new_rows n; RETURN NULL;', hash='732fe5d22df858f5d8c96b9bc933ef8559fe5965', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_8fa8e', referencing='REFERENCING NEW TABLE AS new_rows ', table='problem_comments', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='problemcomment',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=medianest.lib.trail_trigger.TrailSQL(declare="DECLARE trail_context jsonb := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;", func='INSERT INTO public."problem_comments_audit" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, before, after) SELECT clock_timestamp(), \'update\', n."id", trail_context, CASE WHEN o."report_id" IS DISTINCT FROM n."report_id" THEN jsonb_build_object(\'report\', o."report_id") ELSE \'{}\' END || CASE WHEN o."user_id" IS DISTINCT FROM n."user_id" THEN jsonb_build_object(\'user\', o."user_id") ELSE \'{}\' END || CASE WHEN o."message" IS DISTINCT FROM n."message" THEN jsonb_build_object(\'message\', o."message") ELSE \'{}\' END || CASE WHEN o."overseerr_id" IS DISTINCT FROM n."overseerr_id" THEN jsonb_build_object(\'overseerr_id\', o."overseerr_id") ELSE \'{}\' END || CASE WHEN o."said_there" IS DISTINCT FROM n."said_there" THEN jsonb_build_object(\'said_there\', o."said_there") ELSE \'{}\' END, CASE WHEN o."report_id" IS DISTINCT FROM n."report_id" THEN jsonb_build_object(\'report\', n."report_id") ELSE \'{}\' END || CASE WHEN o."user_id" IS DISTINCT FROM n."user_id" THEN jsonb_build_object(\'user\', n."user_id") ELSE \'{}\' END || CASE WHEN o."message" IS DISTINCT FROM n."message" THEN jsonb_build_object(\'message\', n."message") ELSE \'{}\' END || CASE WHEN o."overseerr_id" IS DISTINCT FROM n."overseerr_id" THEN jsonb_build_object(\'overseerr_id\', n."overseerr_id") ELSE \'{}\' END || CASE WHEN o."said_there" IS DISTINCT FROM n."said_there" THEN jsonb_build_object(\'said_there\', n."said_there") ELSE \'{}\' END FROM (SELECT old_rows."id", old_rows."report_id", old_rows."user_id", old_rows."message", old_rows."overseerr_id", old_rows."said_there", row_number() OVER () AS trail_place FROM old_rows) o FULL JOIN (SELECT new_rows."id", new_rows."report_id", new_rows."user_id", new_rows."message", new_rows."overseerr_id", new_rows."said_there", row_number() OVER () AS trail_place FROM new_rows) n USING (trail_place) WHERE (o."report_id", o."user_id", o."message", o."overseerr_id", o."said_there") IS DISTINCT FROM (n."report_id", n."user_id", n."message", n."overseerr_id", n."said_there"); RETURN NULL;', hash='eef7c7473c8d882bd71fc33e8482887df886602b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_800d2', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='problem_comments', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='problemcomment',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=medianest.lib.trail_trigger.TrailSQL(declare="DECLARE trail_context jsonb := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;", func='INSERT INTO public."problem_comments_audit" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, before, after) SELECT clock_timestamp(), \'delete\', o."id", trail_context, jsonb_build_object(\'report\', o."report_id", \'user\', o."user_id", \'message\', o."message", \'overseerr_id\', o."overseerr_id", \'said_there\', o."said_there"), NULL FROM old_rows o; RETURN NULL;', hash='4f7fe9013d78532ea17576b515187062aa8231a6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_31d05', referencing='REFERENCING OLD TABLE AS old_rows ', table='problem_comments', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='problemreport',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=medianest.lib.trail_trigger.TrailSQL(declare="DECLARE trail_context jsonb := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;", func='INSERT INTO public."problem_reports_audit" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, before, after) SELECT clock_timestamp(), \'insert\', n."id", trail_context, NULL, jsonb_build_object(\'user\', n."user_id", \'media_item\', n."media_item_id", \'request\', n."request_id", \'season\', n."season", \'episode\', n."episode", \'kind\', n."kind", \'message\', n."message", \'status\', n."status", \'resolution\', n."resolution", \'resolved_by\', n."resolved_by_id", \'resolved_at\', n."resolved_at", \'overseerr_id\', n."overseerr_id", \'overseerr_status\', n."overseerr_status") FROM new_rows n; RETURN NULL;', hash='f29a8e52d401c779e65268867968d447d9547170', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_acdab', referencing='REFERENCING NEW TABLE AS new_rows ', table='problem_reports', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='problemreport',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=medianest.lib.trail_trigger.TrailSQL(declare="DECLARE trail_context jsonb := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;", func='INSERT INTO public."problem_reports_audit" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, before, after) SELECT clock_timestamp(), \'update\', n."id", trail_context, CASE WHEN o."user_id" IS DISTINCT FROM n."user_id" THEN jsonb_build_object(\'user\', o."user_id") ELSE \'{}\' END || CASE WHEN o."media_item_id" IS DISTINCT FROM n."media_item_id" THEN jsonb_build_object(\'media_item\', o."media_item_id") ELSE \'{}\' END || CASE WHEN o."request_id" IS DISTINCT FROM n."request_id" THEN jsonb_build_object(\'request\', o."request_id") ELSE \'{}\' END || CASE WHEN o."season" IS DISTINCT FROM n."season" THEN jsonb_build_object(\'season\', o."season") ELSE \'{}\' END || CASE WHEN o."episode" IS DISTINCT FROM n."episode" THEN jsonb_build_object(\'episode\', o."episode") ELSE \'{}\' END || CASE WHEN o."kind" IS DISTINCT FROM n."kind" THEN jsonb_build_object(\'kind\', o."kind") ELSE \'{}\' END || CASE WHEN o."message" IS DISTINCT FROM n."message" THEN jsonb_build_object(\'message\', o."message") ELSE \'{}\' END || CASE WHEN o."status" IS DISTINCT FROM n."status" THEN jsonb_build_object(\'status\', o."status") ELSE \'{}\' END || CASE WHEN o."resolution" IS DISTINCT FROM n."resolution" THEN jsonb_build_object(\'resolution\', o."resolution") ELSE \'{}\' END || CASE WHEN o."resolved_by_id" IS DISTINCT FROM n."resolved_by_id" THEN jsonb_build_object(\'resolved_by\', o."resolved_by_id") ELSE \'{}\' END || CASE WHEN o."resolved_at" IS DISTINCT FROM n."resolved_at" THEN jsonb_build_object(\'resolved_at\', o."resolved_at") ELSE \'{}\' END || CASE WHEN o."overseerr_id" IS DISTINCT FROM n."overseerr_id" THEN jsonb_build_object(\'overseerr_id\', o."overseerr_id") ELSE \'{}\' END || CASE WHEN o."overseerr_status" IS DISTINCT FROM n."overseerr_status" THEN jsonb_build_object(\'overseerr_status\', o."overseerr_status") ELSE \'{}\' END, CASE WHEN o."user_id" IS DISTINCT FROM n."user_id" THEN jsonb_build_object(\'user\', n."user_id") ELSE \'{}\' END || CASE WHEN o."media_item_id" IS DISTINCT FROM n."media_item_id" THEN jsonb_build_object(\'media_item\', n."media_item_id") ELSE \'{}\' END || CASE WHEN o."request_id" IS DISTINCT FROM n."request_id" THEN jsonb_build_object(\'request\', n."request_id") ELSE \'{}\' END || CASE WHEN o."season" IS DISTINCT FROM n."season" THEN jsonb_build_object(\'season\', n."season") ELSE \'{}\' END || CASE WHEN o."episode" IS DISTINCT FROM n."episode" THEN jsonb_build_object(\'episode\', n."episode") ELSE \'{}\' END || CASE WHEN o."kind" IS DISTINCT FROM n."kind" THEN jsonb_build_object(\'kind\', n."kind") ELSE \'{}\' END || CASE WHEN o."message" IS DISTINCT FROM n."message" THEN jsonb_build_object(\'message\', n."message") ELSE \'{}\' END || CASE WHEN o."status" IS DISTINCT FROM n."status" THEN jsonb_build_object(\'status\', n."status") ELSE \'{}\' END || CASE WHEN o."resolution" IS DISTINCT FROM n."resolution" THEN jsonb_build_object(\'resolution\', n."resolution") ELSE \'{}\' END || CASE WHEN o."resolved_by_id" IS DISTINCT FROM n."resolved_by_id" THEN jsonb_build_object(\'resolved_by\', n."resolved_by_id") ELSE \'{}\' END || CASE WHEN o."resolved_at" IS DISTINCT FROM n."resolved_at" THEN jsonb_build_object(\'resolved_at\', n."resolved_at") ELSE \'{}\' END || CASE WHEN o."overseerr_id" IS DISTINCT FROM n."overseerr_id" THEN jsonb_build_object(\'overseerr_id\', n."overseerr_id") ELSE \'{}\' END || CASE WHEN o."overseerr_status" IS DISTINCT FROM n."overseerr_status" THEN jsonb_build_object(\'overseerr_status\', n."overseerr_status") ELSE \'{}\' END FROM (SELECT old_rows."id", old_rows."user_id", old_rows."media_item_id", old_rows."request_id", old_rows."season", old_rows."episode", old_rows."kind", old_rows."message", old_rows."status", old_rows."resolution", old_rows."resolved_by_id", old_rows."resolved_at", old_rows."overseerr_id", old_rows."overseerr_status", row_number() OVER () AS trail_place FROM old_rows) o FULL JOIN (SELECT new_rows."id", new_rows."user_id", new_rows."media_item_id", new_rows."request_id", new_rows."season", new_rows."episode", new_rows."kind", new_rows."message", new_rows."status", new_rows."resolution", new_rows."resolved_by_id", new_rows."resolved_at", new_rows."overseerr_id", new_rows."overseerr_status", row_number() OVER () AS trail_place FROM new_rows) n USING (trail_place) WHERE (o."user_id", o."media_item_id", o."request_id", o."season", o."episode", o."kind", o."message", o."status", o."resolution", o."resolved_by_id", o."resolved_at", o."overseerr_id", o."overseerr_status") IS DISTINCT FROM (n."user_id", n."media_item_id", n."request_id", n."season", n."episode", n."kind", n."message", n."status", n."resolution", n."resolved_by_id", n."resolved_at", n."overseerr_id", n."overseerr_status"); RETURN NULL;', hash='bc664cdb241be9ebbf7dde1b94531d71fe55442f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_9ee48', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='problem_reports', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='problemreport',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=medianest.lib.trail_trigger.TrailSQL(declare="DECLARE trail_context jsonb := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;", func='INSERT INTO public."problem_reports_audit" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, before, after) SELECT clock_timestamp(), \'delete\', o."id", trail_context, jsonb_build_object(\'user\', o."user_id", \'media_item\', o."media_item_id", \'request\', o."request_id", \'season\', o."season", \'episode\', o."episode", \'kind\', o."kind", \'message\', o."message", \'status\', o."status", \'resolution\', o."resolution", \'resolved_by\', o."resolved_by_id", \'resolved_at\', o."resolved_at", \'overseerr_id\', o."overseerr_id", \'overseerr_status\', o."overseerr_status"), NULL FROM old_rows o; RETURN NULL;', hash='7c7d75ee32b136c66069017af6cee501744011f7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_bbe1f', referencing='REFERENCING OLD TABLE AS old_rows ', table='problem_reports', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='problemreport',
            constraint=models.CheckConstraint(condition=models.Q(('overseerr_status__in', ['', 'open', 'resolved'])), name='problems_overseerr_status_known', violation_error_message='A problem is open or resolved in Overseerr, or not known there.'),
        ),
    ]
