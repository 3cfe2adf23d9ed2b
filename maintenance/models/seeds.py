"""What MediaNest came with."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from operations.audit import untold


@untold("What the release itself came with.")
class SeededRow(models.Model):
    """A row that MediaNest put into a table of `kind` (app.model), named by `key` there.

    `digest` is the SHA-256 of what was put in: as long as the row still has it, nobody changed the row. The memory
    stays when the row is deleted, so that the row does not come back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("table"), max_length=60)
    key = models.CharField(_("row"), max_length=600)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("put in"), auto_now_add=True)
    updated_at = models.DateTimeField(_("renewed"), auto_now=True)

    class Meta:
        db_table = "seeded_rows"
        verbose_name = _("row that MediaNest came with")
        verbose_name_plural = _("rows that MediaNest came with")
        ordering = ["kind", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                name="seeded_rows_unique",
                violation_error_message=_("This row is remembered already."),
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="seeded_rows_digest_shape",
                violation_error_message=_("A SHA-256 has 64 digits from 0 to f."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
