"""A transfer that was applied before cannot be named again as the cause of a balance."""

from tortoise import migrations

from storage import triggers


class Migration(migrations.Migration):
    dependencies = [("lathe", "0001_initial")]  # noqa: RUF012

    operations = [triggers.Triggers(triggers.ONCE)]  # noqa: RUF012
