from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("storyboard", "0011_editor")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="single_keys",
            field=models.BooleanField(default=True),
        ),
    ]
