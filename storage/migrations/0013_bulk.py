"""Organisations, price agreements and bulk orders; what an order was paid for, and when, by columns.

How many songs somebody paid for in a month, and how many under an agreement, is counted from the orders.
"""

import json
from datetime import datetime
from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from storage.columns import AddColumn
from storage.database import select

PAGE = 1000


async def _count_what_was_paid(_: StateApps, editor: BaseSchemaEditor) -> None:
    """When each order was paid, and for how many songs, as its rows say it."""
    after = ""
    paid = """
        SELECT id, data, (
            SELECT COUNT(*) FROM songs WHERE songs."order" = orders.id AND state = 'ready'
        ) AS songs FROM orders WHERE id > ? ORDER BY id LIMIT ?"""
    write = "UPDATE orders SET paid_at = ?, paid_songs = ? WHERE id = ? RETURNING id"
    while rows := await select(editor.client, paid, [after, PAGE]):
        for row in rows:
            at = json.loads(row["data"]).get("paid_at")
            if at is not None:
                await select(editor.client, write, [datetime.fromisoformat(at), row["songs"], row["id"]])
        after = rows[-1]["id"]


def _of_somebody(*more: tuple[str, Any]) -> list[tuple[str, Any]]:
    return [
        ("seq", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
        ("id", fields.CharField(unique=True, max_length=64)),
        ("person", fields.CharField(db_index=True, max_length=64)),
        *more,
        ("rev", fields.IntField()),
        ("data", fields.TextField(unique=False)),
    ]


_FOR_STAFF = "state IN ('asked', 'countered', 'called')"


class Migration(migrations.Migration):
    dependencies = [("lathe", "0012_desk")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="OrganisationRow",
            fields=_of_somebody(),
            options={"table": "organisations", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AgreementRow",
            fields=_of_somebody(
                ("number", fields.BigIntField(unique=True)),
                ("state", fields.CharField(max_length=16)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ),
            options={"table": "agreements", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BulkRow",
            fields=_of_somebody(("state", fields.CharField(max_length=16))),
            options={"table": "bulks", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BulkMemberRow",
            fields=_of_somebody(("bulk", fields.CharField(db_index=True, max_length=64))),
            options={"table": "bulk_members", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        AddColumn("OrderRow", "paid_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        AddColumn("OrderRow", "paid_songs", fields.IntField(null=True)),
        AddColumn("OrderRow", "bulk", fields.CharField(null=True, max_length=64)),
        AddColumn("OrderRow", "agreement", fields.CharField(null=True, max_length=64)),
        ops.RunPython(_count_what_was_paid, ops.RunPython.noop),
        ops.RunSQL(
            [
                "CREATE INDEX orders_paid ON orders (person, paid_at) WHERE paid_at IS NOT NULL",
                "CREATE INDEX orders_of_bulk ON orders (bulk) WHERE bulk IS NOT NULL",
                "CREATE INDEX orders_of_agreement ON orders (agreement) WHERE agreement IS NOT NULL",
                "CREATE INDEX agreements_due ON agreements (due_at) WHERE due_at IS NOT NULL",
                f"CREATE INDEX agreements_asked ON agreements (seq) WHERE {_FOR_STAFF}",
            ],
            reverse_sql=[
                "DROP INDEX agreements_asked",
                "DROP INDEX agreements_due",
                "DROP INDEX orders_of_agreement",
                "DROP INDEX orders_of_bulk",
                "DROP INDEX orders_paid",
            ],
        ),
    ]
