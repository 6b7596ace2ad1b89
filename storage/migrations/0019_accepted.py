"""What was accepted with an order: the words of the terms, each text once; and its rebate code."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from storage.columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("lathe", "0018_tickets")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="TermsRow",
            fields=[
                ("sha256", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("data", fields.TextField(unique=False)),
            ],
            options={"table": "terms", "app": "lathe", "pk_attr": "sha256"},
            bases=["Model"],
        ),
        AddColumn("OrderRow", "rebate", fields.CharField(null=True, max_length=24)),
        ops.RunSQL(
            "CREATE INDEX orders_rebated ON orders (person) WHERE rebate IS NOT NULL",
            reverse_sql="DROP INDEX orders_rebated",
        ),
    ]
