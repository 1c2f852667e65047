"""An appointment says what it is for; those of before are taken for a check-in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guidance", "0001_initial")]

    operations = [
        migrations.AddField(
            "appointment",
            "kind",
            models.CharField(
                choices=[
                    ("check_in", "Check-in"),
                    ("doctor", "Doctor"),
                    ("lawyer", "Lawyer"),
                    ("municipality", "Municipality"),
                    ("school", "School"),
                    ("court", "Court"),
                    ("interview", "Interview with the police"),
                    ("other", "Something else"),
                ],
                default="check_in",
                max_length=12,
                verbose_name="what for",
            ),
        )
    ]
