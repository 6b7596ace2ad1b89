"""Jobs that wait and jobs that are held have an index each; those that are over, which are most, have none.

An index of all jobs by state was taken for whose turn it is, wherever statistics from a quiet hour said that
nothing waits: each look then read every queued job for every line.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("lathe", "0007_one_account")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.RemoveIndex("JobRow", name="jobs_by_turn"),
        ops.RunSQL(
            "CREATE INDEX jobs_held ON jobs (engine_id) WHERE engine_id IS NOT NULL",
            reverse_sql="DROP INDEX jobs_held",
        ),
    ]
