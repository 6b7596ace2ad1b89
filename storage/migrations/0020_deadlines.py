"""When the deadline of a bulk order is over, so that the clock finds it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from storage.columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("lathe", "0019_accepted")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        AddColumn("BulkRow", "due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.RunSQL(
            "CREATE INDEX bulks_due ON bulks (due_at) WHERE due_at IS NOT NULL",
            reverse_sql="DROP INDEX bulks_due",
        ),
    ]
