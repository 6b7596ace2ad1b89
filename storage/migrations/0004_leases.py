"""Who owns a gateway, or the desk, where several processes serve one database."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("lathe", "0003_books")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="LeaseRow",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("holder", fields.CharField(max_length=255)),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "leases", "app": "lathe", "pk_attr": "name"},
            bases=["Model"],
        ),
    ]
