"""What the staff desk does for an order: quotes, bookings, complaints, refunds, disputes, decisions.

What still waits for somebody has an index of its own in each table, so that the board costs the same however
much is done; and the books know what was earned with revisions beside the price.
"""

from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from storage import books, triggers


def _of_an_order() -> list[tuple[str, Any]]:
    return [
        ("seq", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
        ("id", fields.CharField(unique=True, max_length=64)),
        ("order", fields.CharField(db_index=True, max_length=64)),
        ("state", fields.CharField(max_length=16)),
        ("rev", fields.IntField()),
        ("data", fields.TextField(unique=False)),
    ]


class Migration(migrations.Migration):
    dependencies = [("lathe", "0011_visits_forgotten")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="QuoteRow",
            fields=_of_an_order(),
            options={"table": "quotes", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BookingRow",
            fields=_of_an_order(),
            options={"table": "bookings", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ComplaintRow",
            fields=_of_an_order(),
            options={"table": "complaints", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RefundRow",
            fields=_of_an_order(),
            options={"table": "refunds", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DisputeRow",
            fields=_of_an_order(),
            options={"table": "disputes", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DecisionRow",
            fields=_of_an_order(),
            options={"table": "decisions", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        triggers.Triggers(books.DUE_WITH_FEES, instead_of=books.DUE),
        ops.RunSQL(
            [
                "CREATE INDEX quotes_asked ON quotes (state, seq) WHERE state = 'asked'",
                "CREATE INDEX complaints_open ON complaints (state, seq) WHERE state IN ('open', 'frozen')",
                "CREATE INDEX decisions_asked ON decisions (state, seq) WHERE state = 'asked'",
                "CREATE INDEX refunds_failed ON refunds (state, seq) WHERE state = 'failed'",
                "CREATE INDEX disputes_open ON disputes (state, seq) WHERE state = 'open'",
            ],
            reverse_sql=[
                "DROP INDEX disputes_open",
                "DROP INDEX refunds_failed",
                "DROP INDEX decisions_asked",
                "DROP INDEX complaints_open",
                "DROP INDEX quotes_asked",
            ],
        ),
    ]
