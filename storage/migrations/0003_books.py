"""What each order was delivered for beside what the ledger earned with it; indexes of what is watched."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from storage import books, triggers


class Migration(migrations.Migration):
    dependencies = [("lathe", "0002_moved_once")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="BookRow",
            fields=[
                ("order", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("due", fields.BigIntField()),
                ("earned", fields.BigIntField()),
            ],
            options={"table": "books", "app": "lathe", "pk_attr": "order"},
            bases=["Model"],
        ),
        triggers.Triggers(books.BOOKS),
        triggers.Script(books.OPEN_BOOKS),
        ops.RunSQL(
            [
                "CREATE INDEX books_unequal ON books (due) WHERE due <> earned",
                "CREATE INDEX accounts_held ON accounts (name) WHERE balance <> 0",
                "CREATE INDEX orders_alive ON orders (state) WHERE state NOT IN ('completed', 'cancelled')",
            ],
            reverse_sql=["DROP INDEX orders_alive", "DROP INDEX accounts_held", "DROP INDEX books_unequal"],
        ),
    ]
