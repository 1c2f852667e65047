"""Signs of new exploitation, as a dated fact."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import access.clock

FORMS = [
    ("sexual", "Sexual exploitation"),
    ("labour", "Labour exploitation"),
    ("criminal", "Criminal exploitation"),
    ("other", "Other exploitation"),
]


class Migration(migrations.Migration):
    dependencies = [("guidance", "0002_kind")]

    operations = [
        migrations.CreateModel(
            name="NewExploitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("known_on", models.DateField(verbose_name="known on")),
                (
                    "answer",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=10,
                        verbose_name="signs of new exploitation",
                    ),
                ),
                (
                    "forms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=FORMS, max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="form",
                    ),
                ),
                ("written_at", models.DateTimeField(default=access.clock.now, verbose_name="written")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.post",
                        verbose_name="by",
                    ),
                ),
                (
                    "guidance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signs", to="guidance.guidance"
                    ),
                ),
            ],
            options={
                "verbose_name": "sign of new exploitation",
                "verbose_name_plural": "signs of new exploitation",
                "constraints": [
                    models.UniqueConstraint(fields=("guidance", "known_on"), name="guidance_signs_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("forms", []), ("answer", "yes"), _connector="OR"),
                        name="guidance_signs_forms_of_a_yes",
                    ),
                ],
            },
        ),
    ]
