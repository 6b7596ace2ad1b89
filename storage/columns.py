"""Columns that a migration adds to a table, and takes away again without making the table anew."""

from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State


class AddColumn(ops.AddField):
    """A column that goes again without its table being made anew: that would lose triggers and indexes."""

    async def database_backward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Drop it."""
        if state_editor:
            table = old_state.apps.get_model(f"{app_label}.{self.model_name}")._meta.db_table
            await state_editor.client.execute_query(f'ALTER TABLE "{table}" DROP COLUMN "{self.name}"')
