"""Files that come in pieces beside the chat, and the blobs of their pieces."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("lathe", "0008_alive")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="UploadRow",
            fields=[
                ("seq", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("id", fields.CharField(unique=True, max_length=64)),
                ("order", fields.CharField(db_index=True, max_length=64)),
                ("person", fields.CharField(db_index=True, max_length=64)),
                ("state", fields.CharField(max_length=16)),
                ("touched", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("data", fields.TextField(unique=False)),
            ],
            options={
                "table": "uploads",
                "app": "lathe",
                "indexes": [Index(fields=["state", "touched"], name="uploads_untouched")],
                "pk_attr": "seq",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UploadPieceRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("upload", fields.CharField(max_length=64)),
                ("at", fields.BigIntField()),
                ("key", fields.CharField(max_length=255)),
                ("size", fields.BigIntField()),
                ("sha256", fields.CharField(max_length=64)),
            ],
            options={
                "table": "upload_pieces",
                "app": "lathe",
                "unique_together": (("upload", "at"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
