"""The audit trail of the staff: appended to, each entry bound to the one before it (storage.chain)."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from storage import guards, triggers


class Migration(migrations.Migration):
    dependencies = [("lathe", "0015_replies")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="AuditRow",
            fields=[
                ("seq", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("id", fields.CharField(unique=True, max_length=64)),
                ("order", fields.CharField(null=True, db_index=True, max_length=64)),
                ("by", fields.CharField(db_index=True, max_length=64)),
                ("hash", fields.CharField(max_length=64)),
                ("data", fields.TextField(unique=False)),
                ("sealed", fields.TextField(null=True, unique=False)),
            ],
            options={"table": "audit", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        triggers.Triggers(guards.AUDIT),
    ]
