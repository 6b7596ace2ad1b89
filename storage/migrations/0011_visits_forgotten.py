"""Visits are looked for by whose they are and by when they were; uploads by neither state nor time.

What is begun and left alone is found through its order, whose time comes (core/desk/ordering/arriving.py).
"""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("lathe", "0010_visits")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        ops.AddIndex("VisitRow", Index(fields=["person"], name="visits_of_person")),
        ops.AddIndex("VisitRow", Index(fields=["hour"], name="visits_by_hour")),
        ops.RemoveIndex("UploadRow", name="uploads_untouched"),
    ]
