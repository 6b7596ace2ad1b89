"""Queued jobs in the lines that they wait in, so that whose turn it is does not depend on how many wait."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("lathe", "0005_blob_keys")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.RunSQL(
            """
            CREATE INDEX jobs_in_line ON jobs (
                queue,
                (
                    plan || '/' || COALESCE(community, '~' || person) || '/' || person
                    || '/' || COALESCE(door, '')
                ),
                seq
            ) WHERE state = 'queued'
            """,
            reverse_sql="DROP INDEX jobs_in_line",
        ),
    ]
