from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("storyboard", "0016_presets")]

    operations = [
        migrations.AddField(
            model_name="picture", name="is_mask", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="storyboard", name="brush", field=models.JSONField(blank=True, null=True)
        ),
        migrations.CreateModel(
            name="Mask",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("storyboard.picture",),
        ),
    ]
