"""A reply to a card at a staff desk is found by its message, however many cards there are."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("lathe", "0014_refunds")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.RunSQL(
            "CREATE INDEX cards_replied_to ON cards (message) WHERE audience = 'staff'",
            reverse_sql="DROP INDEX cards_replied_to",
        ),
    ]
