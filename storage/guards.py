"""Rules that the database itself keeps: the ledger, what is only ever appended, and what goes back."""

from storage.triggers import (
    APPEND_ONLY,
    DISPUTED,
    OVERDRAWN,
    TOO_MUCH,
    UNBALANCED,
    append_only,
    function,
    kept,
    raising,
    refusing,
    said_once,
)

_SQLITE_LEDGER = {
    "transfers_positive": refusing(
        "transfers_positive",
        "BEFORE INSERT ON transfers",
        f"{UNBALANCED}: a transfer moves a positive amount between two accounts",
        "NEW.amount <= 0 OR NEW.source = NEW.target",
    ),
    "transfers_currency": refusing(
        "transfers_currency",
        "BEFORE INSERT ON transfers",
        f"{UNBALANCED}: a transfer has the currency of both of its accounts",
        "(SELECT currency FROM accounts WHERE name = NEW.source) IS NOT NEW.currency"
        " OR (SELECT currency FROM accounts WHERE name = NEW.target) IS NOT NEW.currency",
    ),
    "transfers_applied": """
        CREATE TRIGGER transfers_applied AFTER INSERT ON transfers FOR EACH ROW BEGIN
            UPDATE accounts SET balance = balance - NEW.amount, moved_by = NEW.id WHERE name = NEW.source;
            UPDATE accounts SET balance = balance + NEW.amount, moved_by = NEW.id WHERE name = NEW.target;
        END""",
    "accounts_overdrawn": refusing(
        "accounts_overdrawn",
        "BEFORE UPDATE OF balance ON accounts",
        f"{OVERDRAWN}: an account would go below zero",
        "NEW.balance < 0 AND NEW.balance < OLD.balance AND NOT OLD.overdraw",
    ),
    "accounts_empty": refusing(
        "accounts_empty",
        "BEFORE INSERT ON accounts",
        f"{UNBALANCED}: an account begins once, empty",
        "NEW.balance <> 0 OR NEW.moved_by IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM accounts WHERE name = NEW.name)",
    ),
    "accounts_stay": refusing("accounts_stay", "BEFORE DELETE ON accounts", f"{APPEND_ONLY}: accounts"),
    "accounts_fixed": refusing(
        "accounts_fixed",
        "BEFORE UPDATE ON accounts",
        f"{UNBALANCED}: an account keeps its name, currency and kind",
        "NEW.name <> OLD.name OR NEW.currency <> OLD.currency OR NEW.overdraw <> OLD.overdraw",
    ),
    "accounts_moved": refusing(
        "accounts_moved",
        "BEFORE UPDATE ON accounts",
        f"{UNBALANCED}: a balance moves with a transfer",
        """(NEW.balance <> OLD.balance OR NEW.moved_by IS NOT OLD.moved_by) AND NOT EXISTS (
               SELECT 1 FROM transfers AS cause
               WHERE cause.id = NEW.moved_by AND NEW.moved_by IS NOT OLD.moved_by AND (
                   cause.source = NEW.name AND NEW.balance = OLD.balance - cause.amount
                   OR cause.target = NEW.name AND NEW.balance = OLD.balance + cause.amount))""",
    ),
}

_POSTGRES_LEDGER = {
    "transfers_checked": function(
        "transfers_checked",
        "BEFORE INSERT ON transfers FOR EACH ROW",
        f"""
        IF NEW.amount <= 0 OR NEW.source = NEW.target THEN
            {raising(UNBALANCED, "a transfer moves a positive amount between two accounts")}
        END IF;
        IF 2 <> (SELECT COUNT(*) FROM accounts
                 WHERE name IN (NEW.source, NEW.target) AND currency = NEW.currency) THEN
            {raising(UNBALANCED, "a transfer has the currency of both of its accounts")}
        END IF;
        RETURN NEW;""",  # noqa: S608
    ),
    "transfers_applied": function(
        "transfers_applied",
        "AFTER INSERT ON transfers FOR EACH ROW",
        """
        UPDATE accounts SET balance = balance - NEW.amount, moved_by = NEW.id WHERE name = NEW.source;
        UPDATE accounts SET balance = balance + NEW.amount, moved_by = NEW.id WHERE name = NEW.target;
        RETURN NULL;""",
    ),
    "accounts_empty": function(
        "accounts_empty",
        "BEFORE INSERT ON accounts FOR EACH ROW",
        f"""
        IF NEW.balance <> 0 OR NEW.moved_by IS NOT NULL THEN
            {raising(UNBALANCED, "an account begins once, empty")}
        END IF;
        RETURN NEW;""",
    ),
    "accounts_stay": function(
        "accounts_stay",
        "BEFORE DELETE OR TRUNCATE ON accounts FOR EACH STATEMENT",
        raising(APPEND_ONLY, "accounts"),
    ),
    # Deeper than 1: the update comes from transfers_applied, and not from whoever writes into the database.
    "accounts_moved": function(
        "accounts_moved",
        "BEFORE UPDATE ON accounts FOR EACH ROW",
        f"""
        IF NEW.name <> OLD.name OR NEW.currency <> OLD.currency OR NEW.overdraw <> OLD.overdraw THEN
            {raising(UNBALANCED, "an account keeps its name, currency and kind")}
        END IF;
        IF pg_trigger_depth() < 2 THEN
            {raising(UNBALANCED, "a balance moves with a transfer")}
        END IF;
        IF NEW.balance < 0 AND NEW.balance < OLD.balance AND NOT OLD.overdraw THEN
            {raising(OVERDRAWN, "an account would go below zero")}
        END IF;
        RETURN NEW;""",
    ),
}

FIRST = {
    "sqlite": {
        **append_only("transfers", "old.ref = NEW.ref OR old.id = NEW.id"),
        **append_only("consents", "old.id = NEW.id AND old.data <> NEW.data"),
        **append_only("thread_entries", "(old.id = NEW.id OR old.seq = NEW.seq) AND old.data <> NEW.data"),
        **_SQLITE_LEDGER,
    },
    "postgres": {
        **kept("transfers"),
        **kept("consents"),
        **kept("thread_entries"),
        **said_once("consents"),
        **said_once("thread_entries"),
        **_POSTGRES_LEDGER,
    },
}

ONCE = {
    "sqlite": {
        "accounts_moved_once": refusing(
            "accounts_moved_once",
            "BEFORE UPDATE OF moved_by ON accounts",
            f"{UNBALANCED}: a transfer moves a balance once",
            "NEW.moved_by <= OLD.moved_by",
        )
    },
    "postgres": {},  # accounts_moved lets nobody but the transfer itself move a balance
}


AUDIT = {
    "sqlite": {
        "audit_no_delete": refusing("audit_no_delete", "BEFORE DELETE ON audit", f"{APPEND_ONLY}: audit"),
        "audit_no_replace": refusing(
            "audit_no_replace",
            "BEFORE INSERT ON audit",
            f"{APPEND_ONLY}: audit",
            "EXISTS (SELECT 1 FROM audit AS old WHERE old.seq = NEW.seq OR old.id = NEW.id)",
        ),
        "audit_no_update": refusing(
            "audit_no_update",
            "BEFORE UPDATE ON audit",
            f"{APPEND_ONLY}: audit",
            """NEW.sealed IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.id <> OLD.id OR NEW.data <> OLD.data
               OR NEW.hash <> OLD.hash OR NEW."by" <> OLD."by" OR NEW."order" IS NOT OLD."order\"""",
        ),
    },
    "postgres": {
        "audit_kept": function(
            "audit_kept",
            "BEFORE DELETE OR TRUNCATE ON audit FOR EACH STATEMENT",
            raising(APPEND_ONLY, "audit"),
        ),
        "audit_said_once": function(
            "audit_said_once",
            "BEFORE UPDATE ON audit FOR EACH ROW",
            f"""
            IF NEW.sealed IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.id <> OLD.id OR NEW.data <> OLD.data
                OR NEW.hash <> OLD.hash OR NEW."by" <> OLD."by"
                OR NEW."order" IS DISTINCT FROM OLD."order" THEN
                {raising(APPEND_ONLY, "audit")}
            END IF;
            RETURN NEW;""",
        ),
    },
}
"""An audit trail is appended to; of what is there only `sealed` may go (storage.chain)."""


# Refunds: of no charge goes back more than it brought, and nothing while somebody else decides about it.


def _json(dialect: str, row: str, path: str) -> str:
    """A text or whole number in the JSON of a row."""
    if dialect == "sqlite":
        return f"json_extract({row}.data, '$.{path}')"
    return f"({row}.data::json #>> '{{{path.replace('.', ',')}}}')"


def _amount(dialect: str, row: str) -> str:
    amount = _json(dialect, row, "amount.amount")
    return amount if dialect == "sqlite" else f"{amount}::bigint"


def _too_much(dialect: str) -> str:
    charge = _json(dialect, "NEW", "charge")
    return f"""NEW.state <> 'failed' AND {_amount(dialect, "NEW")} + (
            SELECT COALESCE(SUM({_amount(dialect, "other")}), 0) FROM refunds AS other
            WHERE other."order" = NEW."order" AND other.id <> NEW.id AND other.state <> 'failed'
                AND {_json(dialect, "other", "charge")} = {charge}
        ) > COALESCE((
            SELECT {_amount(dialect, "charge")} FROM charges AS charge
            WHERE charge.id = {charge} AND charge.state IN ('paid', 'refunding', 'refunded')
        ), 0)"""  # noqa: S608


def _disputed(dialect: str) -> str:
    return f"""EXISTS (
            SELECT 1 FROM disputes AS dispute
            WHERE dispute."order" = NEW."order" AND dispute.state = 'open'
                AND {_json(dialect, "dispute", "charge")} = {_json(dialect, "NEW", "charge")}
        )"""  # noqa: S608


_MUCH = f"{TOO_MUCH}: a charge gives back no more than it brought"
_WAIT = f"{DISPUTED}: nothing of a charge goes back while it is disputed"

REFUNDS = {
    "sqlite": {
        "refunds_too_much": refusing(
            "refunds_too_much", "BEFORE INSERT ON refunds", _MUCH, _too_much("sqlite")
        ),
        "refunds_too_much_again": refusing(
            "refunds_too_much_again", "BEFORE UPDATE ON refunds", _MUCH, _too_much("sqlite")
        ),
        "refunds_disputed": refusing(
            "refunds_disputed",
            "BEFORE INSERT ON refunds",
            _WAIT,
            f"NEW.state <> 'failed' AND {_disputed('sqlite')}",
        ),
        "refunds_disputed_again": refusing(
            "refunds_disputed_again",
            "BEFORE UPDATE ON refunds",
            _WAIT,
            f"NEW.state = 'sending' AND OLD.state <> 'sending' AND {_disputed('sqlite')}",
        ),
    },
    "postgres": {
        "refunds_kept": function(
            "refunds_kept",
            "BEFORE INSERT OR UPDATE ON refunds FOR EACH ROW",
            f"""
        IF {_too_much("postgres")} THEN
            {raising(TOO_MUCH, "a charge gives back no more than it brought")}
        END IF;
        IF (TG_OP = 'INSERT' AND NEW.state <> 'failed'
                OR TG_OP = 'UPDATE' AND NEW.state = 'sending' AND OLD.state <> 'sending')
            AND {_disputed("postgres")} THEN
            {raising(DISPUTED, "nothing of a charge goes back while it is disputed")}
        END IF;
        RETURN NEW;""",
        ),
    },
}
"""A refund that a till carried out stays what it is, whatever is disputed since."""
