"""Accounts that became another one, the codes that join two, and where a door cannot reach somebody."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("lathe", "0006_lines")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.AddField("PersonRow", "joined", fields.CharField(null=True, max_length=64)),
        ops.AddIndex("PersonRow", Index(fields=["joined"], name="people_joined")),
        ops.AddField("IdentityRow", "away", fields.CharField(null=True, max_length=16)),
        ops.CreateModel(
            name="LinkCodeRow",
            fields=[
                ("hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("person", fields.CharField(db_index=True, max_length=64)),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("data", fields.TextField(unique=False)),
            ],
            options={"table": "link_codes", "app": "lathe", "pk_attr": "hash"},
            bases=["Model"],
        ),
    ]
