"""Tickets have numbers, counted through the house, and orders what their artists think of them.

The figures look at the newest of each by an index, however many there are.
"""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from storage.columns import AddColumn

_NUMBERED = """
UPDATE threads SET number = counted.n
FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY opened, id) AS n FROM threads) AS counted
WHERE counted.id = threads.id"""


class Migration(migrations.Migration):
    dependencies = [("lathe", "0017_members")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        AddColumn("ThreadRow", "number", fields.BigIntField(null=True)),
        AddColumn("OrderRow", "rating", fields.IntField(null=True)),
        ops.RunSQL(
            [
                _NUMBERED,
                "CREATE UNIQUE INDEX threads_by_number ON threads (number)",
                "CREATE INDEX orders_rated ON orders (number) WHERE rating IS NOT NULL",
            ],
            reverse_sql=["DROP INDEX orders_rated", "DROP INDEX threads_by_number"],
        ),
    ]
