"""Who opened what of an order through its page, by the hour."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("lathe", "0009_uploads")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="VisitRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("order", fields.CharField(max_length=64)),
                ("person", fields.CharField(max_length=64)),
                ("standing", fields.CharField(max_length=16)),
                ("what", fields.CharField(max_length=64)),
                ("hour", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("begun", fields.IntField()),
                ("finished", fields.IntField()),
                ("newest", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "visits",
                "app": "lathe",
                "unique_together": (("order", "person", "standing", "what", "hour"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
