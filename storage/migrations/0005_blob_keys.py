"""Each blob has a key and an object, and a song or a version names it, no longer its order."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from storage.database import select

PAGE = 1000


async def _name_them(_: StateApps, editor: BaseSchemaEditor) -> None:
    """Write down what every song and version names, as their rows say it."""
    for table in ("songs", "versions"):
        after = ""
        read = f"SELECT id, data FROM {table} WHERE id > ? ORDER BY id LIMIT {PAGE}"  # noqa: S608
        while rows := await select(editor.client, read, [after]):
            for row in rows:
                for key in sorted(set(_blobs(json.loads(row["data"])))):
                    write = "INSERT INTO blob_uses (key, holder) VALUES (?, ?) RETURNING id"
                    await select(editor.client, write, [key, row["id"]])
            after = rows[-1]["id"]


def _blobs(data: Mapping[str, Any]) -> Iterator[str]:
    """The blobs in a song or a version, as both were written until now."""
    media = [data.get("picture"), *data.get("previews", ()), *data.get("files", ())]
    keys = [data.get("source"), data.get("pcm"), data.get("master"), *(one["blob"] for one in media if one)]
    yield from (key for key in keys if key)


class Migration(migrations.Migration):
    dependencies = [("lathe", "0004_leases")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="BlobKeyRow",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=255)),
                ("scope", fields.CharField(db_index=True, max_length=64)),
                ("object", fields.CharField(unique=True, max_length=255)),
                ("wrapped", fields.CharField(max_length=255)),
                ("size", fields.BigIntField()),
                ("created", fields.BigIntField()),
                ("seen", fields.BigIntField()),
            ],
            options={"table": "blob_keys", "app": "lathe", "pk_attr": "key"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BlobUseRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("key", fields.CharField(max_length=255)),
                ("holder", fields.CharField(db_index=True, max_length=64)),
            ],
            options={
                "table": "blob_uses",
                "app": "lathe",
                "unique_together": (("key", "holder"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SecretRow",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("proof", fields.CharField(max_length=255)),
            ],
            options={"table": "secrets", "app": "lathe", "pk_attr": "name"},
            bases=["Model"],
        ),
        ops.RunPython(_name_them, ops.RunPython.noop),
        ops.DeleteModel("BlobRow"),
    ]
