from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("storyboard", "0018_heard_trials")]

    operations = [
        migrations.AddField(
            model_name="creation",
            name="begun_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
