"""A transfer that was applied before cannot be named again as the cause of a balance."""

from tortoise import migrations

from storage import guards, triggers


class Migration(migrations.Migration):
    dependencies = [("lathe", "0001_initial")]  # noqa: RUF012

    operations = [triggers.Triggers(guards.ONCE)]  # noqa: RUF012
