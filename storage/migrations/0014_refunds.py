"""The database keeps refunds within what was paid; and whoever holds a role is found among all people."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from storage import guards, triggers
from storage.columns import AddColumn

_ROLES = {
    "sqlite": "UPDATE people SET role = json_extract(data, '$.role')",
    # json, not jsonb: that refuses a text with a NUL in it.
    "postgres": "UPDATE people SET role = data::json #>> '{role}'",
}


class Migration(migrations.Migration):
    dependencies = [("lathe", "0013_bulk")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        AddColumn("PersonRow", "role", fields.CharField(null=True, max_length=16)),
        triggers.Script(_ROLES),
        ops.RunSQL(
            "CREATE INDEX people_of_staff ON people (role) WHERE role IS NOT NULL",
            reverse_sql="DROP INDEX people_of_staff",
        ),
        triggers.Triggers(guards.REFUNDS),
    ]
