"""The tables. What is queried, guarded or joined is a column; the whole entity stands in `data` (codec).

Notes on a table are comments: Tortoise would make its docstring part of the schema.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

ID = 64  # characters of an id that the house derives
NAME = 255  # characters of a name that somebody else gives


class PersonRow(Model):
    # `joined` is the account that this one became (storage.accounts); its row is only a name from then on.
    # `role` is null for all but the staff.
    id = fields.CharField(ID, primary_key=True)
    rev = fields.IntField()
    data = fields.TextField()
    joined = fields.CharField(ID, null=True)
    role = fields.CharField(16, null=True)

    class Meta:
        table = "people"
        indexes = (Index(fields=("joined",), name="people_joined"),)


class IdentityRow(Model):
    # `away` says that the door may not reach them (storage.places).
    id = fields.BigIntField(primary_key=True)
    door = fields.CharField(ID)
    external = fields.CharField(NAME)
    person = fields.CharField(ID, db_index=True)
    address = fields.CharField(NAME)
    last_seen = fields.DatetimeField()
    data = fields.TextField()
    away = fields.CharField(16, null=True)

    class Meta:
        table = "identities"
        unique_together = (("door", "external"),)


class LinkCodeRow(Model):
    # A person has one; who joins another account or says a code where others read uses it up.
    hash = fields.CharField(64, primary_key=True)
    person = fields.CharField(ID, db_index=True)
    until = fields.DatetimeField()
    data = fields.TextField()

    class Meta:
        table = "link_codes"


class StaffDeskRow(Model):
    id = fields.BigIntField(primary_key=True)
    door = fields.CharField(ID)
    address = fields.CharField(NAME)
    data = fields.TextField()

    class Meta:
        table = "staff_desks"
        unique_together = (("door", "address"),)


class OrderRow(Model):
    # `due_at` is null while the clock has nothing to do, whatever stands in `data`.
    id = fields.CharField(ID, primary_key=True)
    number = fields.BigIntField(unique=True)
    person = fields.CharField(ID)
    state = fields.CharField(16)
    confidential = fields.BooleanField()
    due_at = fields.DatetimeField(null=True, db_index=True)
    rev = fields.IntField()
    data = fields.TextField()
    paid_at = fields.DatetimeField(null=True)
    paid_songs = fields.IntField(null=True)
    bulk = fields.CharField(ID, null=True)
    agreement = fields.CharField(ID, null=True)
    invited = fields.CharField(64, null=True)
    rating = fields.IntField(null=True)
    rebate = fields.CharField(24, null=True)

    class Meta:
        table = "orders"
        indexes = (Index(fields=("person", "state", "number"), name="orders_of_person"),)


class SongRow(Model):
    id = fields.CharField(ID, primary_key=True)
    order = fields.CharField(ID, db_index=True)
    place = fields.IntField()
    state = fields.CharField(16)
    sha256 = fields.CharField(64, null=True, db_index=True)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "songs"


class VersionRow(Model):
    id = fields.CharField(ID, primary_key=True)
    order = fields.CharField(ID, db_index=True)
    song = fields.CharField(ID)
    number = fields.IntField()
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "versions"


class BatchRow(Model):
    id = fields.CharField(ID, primary_key=True)
    order = fields.CharField(ID, db_index=True)
    number = fields.IntField()
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "batches"


class ChargeRow(Model):
    id = fields.CharField(ID, primary_key=True)
    order = fields.CharField(ID, db_index=True)
    person = fields.CharField(ID)
    till = fields.CharField(ID)
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "charges"


class QuoteRow(Model):
    # `seq` is its age, as it is of those below.
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "quotes"


class BookingRow(Model):
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "bookings"


class ComplaintRow(Model):
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "complaints"


class RefundRow(Model):
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "refunds"


class DisputeRow(Model):
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "disputes"


class DecisionRow(Model):
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "decisions"


class MemberRow(Model):
    # Who is in is so once (members_once); who is gone may have been in several times.
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, db_index=True)
    person = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "members"


class OrganisationRow(Model):
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    person = fields.CharField(ID, db_index=True)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "organisations"


class AgreementRow(Model):
    # `due_at` is when it ends by itself, while it holds.
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    person = fields.CharField(ID, db_index=True)
    number = fields.BigIntField(unique=True)
    state = fields.CharField(16)
    due_at = fields.DatetimeField(null=True)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "agreements"


class BulkRow(Model):
    # `due_at` is when its deadline is over, until that was told.
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    person = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    due_at = fields.DatetimeField(null=True)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "bulks"


class BulkMemberRow(Model):
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    person = fields.CharField(ID, db_index=True)
    bulk = fields.CharField(ID, db_index=True)
    rev = fields.IntField()
    data = fields.TextField()

    class Meta:
        table = "bulk_members"


class ThreadRow(Model):
    # `data` holds the thread without its entries. `number` counts through the house.
    id = fields.CharField(ID, primary_key=True)
    person = fields.CharField(ID)
    order = fields.CharField(ID, null=True)
    state = fields.CharField(16)
    opened = fields.DatetimeField()
    rev = fields.IntField()
    data = fields.TextField()
    number = fields.BigIntField(null=True)

    class Meta:
        table = "threads"
        indexes = (
            Index(fields=("person", "state", "opened"), name="threads_of_person"),
            Index(fields=("state", "opened"), name="threads_by_state"),
        )


class EntryRow(Model):
    # Append-only.
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    thread = fields.CharField(ID, db_index=True)
    data = fields.TextField()

    class Meta:
        table = "thread_entries"


class ConsentRow(Model):
    # Append-only.
    id = fields.CharField(ID, primary_key=True)
    person = fields.CharField(ID, db_index=True)
    order = fields.CharField(ID, null=True)
    kind = fields.CharField(16)
    data = fields.TextField()

    class Meta:
        table = "consents"


class TermsRow(Model):
    # The very words that somebody accepted, by their hash.
    sha256 = fields.CharField(64, primary_key=True)
    data = fields.TextField()

    class Meta:
        table = "terms"


class AuditRow(Model):
    # Append-only, each row bound to the one before it; only `sealed` may go (storage.chain).
    seq = fields.BigIntField(primary_key=True, generated=False)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, null=True, db_index=True)
    by = fields.CharField(ID, db_index=True)
    hash = fields.CharField(64)
    data = fields.TextField()
    sealed = fields.TextField(null=True)

    class Meta:
        table = "audit"


class AccountRow(Model):
    # `balance`, minor units, moves with the transfers and in no other way; `moved_by` is the newest one's id.
    name = fields.CharField(NAME, primary_key=True)
    currency = fields.CharField(3)
    overdraw = fields.BooleanField()
    balance = fields.BigIntField()
    moved_by = fields.BigIntField(null=True)

    class Meta:
        table = "accounts"


class TransferRow(Model):
    # Append-only.
    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(NAME, unique=True)
    kind = fields.CharField(16)
    source = fields.CharField(NAME, db_index=True)
    target = fields.CharField(NAME, db_index=True)
    amount = fields.BigIntField()
    currency = fields.CharField(3)
    order = fields.CharField(ID, null=True, db_index=True)
    data = fields.TextField()

    class Meta:
        table = "transfers"


class BookRow(Model):
    # Minor units an order was delivered for, and those earned with it. Triggers alone write here.
    order = fields.CharField(ID, primary_key=True)
    due = fields.BigIntField()
    earned = fields.BigIntField()

    class Meta:
        table = "books"


class InboxRow(Model):
    # `state` is undone, done or aside. `lane` and `data` are empty once it is done.
    id = fields.BigIntField(primary_key=True)
    door = fields.CharField(ID)
    event_id = fields.CharField(NAME)
    lane = fields.CharField(NAME)
    state = fields.CharField(16)
    tries = fields.IntField(default=0)
    error = fields.TextField(null=True)
    reference = fields.CharField(ID, null=True)
    data = fields.TextField()

    class Meta:
        table = "inbox"
        unique_together = (("door", "event_id"),)
        indexes = (Index(fields=("state", "lane", "id"), name="inbox_by_lane"),)


class CardRow(Model):
    # One card at one place. `door` and `address` are empty while its audience can be reached nowhere.
    # `after` is the id of the newest notice that was wanted before the card went stale; it orders the two.
    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(NAME)
    audience = fields.CharField(16)
    to = fields.CharField(NAME)
    door = fields.CharField(ID)
    address = fields.CharField(NAME)
    digest = fields.CharField(64)
    sent_digest = fields.CharField(64, null=True)
    stale = fields.BooleanField()
    after = fields.BigIntField()
    message = fields.CharField(NAME, null=True)
    reason = fields.TextField(null=True)
    data = fields.TextField()

    class Meta:
        table = "cards"
        unique_together = (("key", "audience", "to", "door", "address"),)
        indexes = (
            Index(fields=("stale", "door", "after"), name="cards_stale"),
            Index(fields=("audience", "to", "door"), name="cards_of_audience"),
        )


class NoticeRow(Model):
    # One notice at one place. `sender` is the store that last took it up to send it.
    id = fields.BigIntField(primary_key=True)
    notice = fields.CharField(NAME)
    audience = fields.CharField(16)
    to = fields.CharField(NAME)
    door = fields.CharField(ID)
    address = fields.CharField(NAME)
    state = fields.CharField(16)
    sender = fields.CharField(ID, null=True)
    message = fields.CharField(NAME, null=True)
    reason = fields.TextField(null=True)
    data = fields.TextField()

    class Meta:
        table = "notices"
        unique_together = (("notice", "door", "address"),)
        indexes = (
            Index(fields=("state", "door", "address", "id"), name="notices_waiting"),
            Index(fields=("audience", "to", "door"), name="notices_of_audience"),
        )


class JobRow(Model):
    # `seq` is its age. `person` and the columns from `state` on are the truth, whatever stands in `data`.
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    kind = fields.CharField(16)
    queue = fields.CharField(16)
    person = fields.CharField(ID)
    community = fields.CharField(NAME, null=True)
    plan = fields.CharField(ID)
    order = fields.CharField(ID, null=True)
    song = fields.CharField(ID, null=True)
    version = fields.IntField(null=True)
    door = fields.CharField(ID, null=True)
    state = fields.CharField(16)
    attempts = fields.IntField()
    deaths = fields.IntField()
    spared = fields.IntField()
    progress = fields.FloatField()
    stage = fields.CharField(NAME)
    engine_id = fields.CharField(NAME, null=True)
    data = fields.TextField()

    class Meta:
        table = "jobs"
        indexes = (Index(fields=("order", "state"), name="jobs_of_order"),)


class ShareRow(Model):
    # What a queue, a plan, a community or a person was served (storage.turns).
    # `vtime` is its tag among its siblings, `clock` the virtual time of those below it.
    key = fields.CharField(NAME * 3, primary_key=True)
    level = fields.CharField(16)
    vtime = fields.FloatField()
    clock = fields.FloatField()

    class Meta:
        table = "shares"


class BlobKeyRow(Model):
    # A blob is there while it has a row. `wrapped` is the key of its object (storage.secret), `seen` when it
    # was filed last, seconds since 1970 of the wall clock.
    key = fields.CharField(NAME, primary_key=True)
    scope = fields.CharField(ID, db_index=True)
    object = fields.CharField(NAME, unique=True)
    wrapped = fields.CharField(NAME)
    size = fields.BigIntField()
    created = fields.BigIntField()
    seen = fields.BigIntField()

    class Meta:
        table = "blob_keys"


class BlobUseRow(Model):
    # That a song, a version or an upload names a blob; one that nothing names may be removed.
    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(NAME)
    holder = fields.CharField(ID, db_index=True)

    class Meta:
        table = "blob_uses"
        unique_together = (("key", "holder"),)


class UploadRow(Model):
    # `seq` is its age; `touched` is when something of it came last. Its pieces have rows of their own.
    seq = fields.BigIntField(primary_key=True)
    id = fields.CharField(ID, unique=True)
    order = fields.CharField(ID, db_index=True)
    person = fields.CharField(ID, db_index=True)
    state = fields.CharField(16)
    touched = fields.DatetimeField()
    data = fields.TextField()

    class Meta:
        table = "uploads"


class UploadPieceRow(Model):
    # The blob that holds the bytes of an upload from `at` on.
    id = fields.BigIntField(primary_key=True)
    upload = fields.CharField(ID)
    at = fields.BigIntField()
    key = fields.CharField(NAME)
    size = fields.BigIntField()
    sha256 = fields.CharField(64)

    class Meta:
        table = "upload_pieces"
        unique_together = (("upload", "at"),)


class SecretRow(Model):
    # A text that only the secret key can read with which the keys of blobs are wrapped.
    name = fields.CharField(ID, primary_key=True)
    proof = fields.CharField(NAME)

    class Meta:
        table = "secrets"


class LeaseRow(Model):
    # Who owns a gateway, or the desk, and until when by the database's clock (storage.leases).
    name = fields.CharField(ID, primary_key=True)
    holder = fields.CharField(NAME)
    until = fields.DatetimeField()

    class Meta:
        table = "leases"


class VisitRow(Model):
    # That somebody opened the page ("page"), a file (its SHA-256) or all of them ("everything") in an hour.
    id = fields.BigIntField(primary_key=True)
    order = fields.CharField(ID)
    person = fields.CharField(ID)
    standing = fields.CharField(16)
    what = fields.CharField(64)
    hour = fields.DatetimeField()
    begun = fields.IntField()
    finished = fields.IntField()
    newest = fields.DatetimeField()

    class Meta:
        table = "visits"
        unique_together = (("order", "person", "standing", "what", "hour"),)
        indexes = (
            Index(fields=("person",), name="visits_of_person"),
            Index(fields=("hour",), name="visits_by_hour"),
        )
