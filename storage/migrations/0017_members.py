"""Members of a project, and the code by which they come in, found by its hash."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from storage.columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("lathe", "0016_audit")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="MemberRow",
            fields=[
                ("seq", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("id", fields.CharField(unique=True, max_length=64)),
                ("order", fields.CharField(db_index=True, max_length=64)),
                ("person", fields.CharField(db_index=True, max_length=64)),
                ("state", fields.CharField(max_length=16)),
                ("rev", fields.IntField()),
                ("data", fields.TextField(unique=False)),
            ],
            options={"table": "members", "app": "lathe", "pk_attr": "seq"},
            bases=["Model"],
        ),
        AddColumn("OrderRow", "invited", fields.CharField(null=True, max_length=64)),
        ops.RunSQL(
            [
                "CREATE UNIQUE INDEX members_once ON members (\"order\", person) WHERE state = 'in'",
                "CREATE INDEX orders_invited ON orders (invited) WHERE invited IS NOT NULL",
            ],
            reverse_sql=["DROP INDEX orders_invited", "DROP INDEX members_once"],
        ),
    ]
