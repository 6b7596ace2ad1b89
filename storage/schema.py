"""Bringing a database's schema up to date."""

from tortoise.migrations.executor import MigrationExecutor

from storage.database import configuration, open_database


async def migrate(url: str) -> list[str]:
    """Apply what the database at a URL lacks, all or nothing; the names of what was applied.

    Idempotent. Of two processes that start at once the second waits for the first and finds nothing to do.
    """
    apps = configuration(url)["apps"]
    async with open_database(url) as database, database.writing() as connection:
        executor = MigrationExecutor(connection, apps)
        applied: list[str] = []

        def note(event: str, _app: str, name: str) -> None:
            if event == "apply_done":
                applied.append(name)

        await executor.migrate(progress=note)
    return applied
