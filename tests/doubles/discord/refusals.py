"""How Discord says no: an HTTP status, its own code and a sentence."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """Answered instead of what was asked for."""

    def __init__(self, status: int, code: int, message: str, field: str | None = None) -> None:
        super().__init__(f"{status} ({code}): {message}" + (f" [{field}]" if field else ""))
        self.status = status
        self.code = code
        self.message = message
        self.field = field

    def body(self) -> Mapping[str, Any]:
        """The answer's JSON: `message` stands below `field` where one is named."""
        if self.field is None:
            return {"message": self.message, "code": self.code}
        errors = {self.field: {"_errors": [{"code": self.code, "message": self.message}]}}
        return {"message": "Invalid Form Body", "code": self.code, "errors": errors}


def invalid(field: str, message: str) -> Refused:
    """A body that does not keep the rules."""
    return Refused(400, 50035, message, field)


def unauthorized() -> Refused:
    return Refused(401, 0, "401: Unauthorized")


def unknown_application() -> Refused:
    return Refused(404, 10002, "Unknown Application")


def unknown_channel() -> Refused:
    return Refused(404, 10003, "Unknown Channel")


def unknown_guild() -> Refused:
    return Refused(404, 10004, "Unknown Guild")


def unknown_member() -> Refused:
    return Refused(404, 10007, "Unknown Member")


def unknown_message() -> Refused:
    return Refused(404, 10008, "Unknown Message")


def unknown_user() -> Refused:
    return Refused(404, 10013, "Unknown User")


def unknown_webhook() -> Refused:
    return Refused(404, 10015, "Unknown Webhook")


def unknown_interaction() -> Refused:
    return Refused(404, 10062, "Unknown interaction")


def too_large() -> Refused:
    return Refused(413, 40005, "Request entity too large")


def already_answered() -> Refused:
    return Refused(400, 40060, "Interaction has already been acknowledged.")


def too_many_follow_ups() -> Refused:
    return Refused(400, 40094, "Maximum number of follow-up messages was reached")


def missing_access() -> Refused:
    return Refused(403, 50001, "Missing Access")


def not_in_dms() -> Refused:
    return Refused(403, 50003, "Cannot execute action on a DM channel")


def not_yours() -> Refused:
    return Refused(403, 50005, "Cannot edit a message authored by another user")


def empty() -> Refused:
    return Refused(400, 50006, "Cannot send an empty message")


def closed_dms() -> Refused:
    return Refused(403, 50007, "Cannot send messages to this user")


def missing_permissions() -> Refused:
    return Refused(403, 50013, "Missing Permissions")


def expired_token() -> Refused:
    return Refused(401, 50027, "Invalid Webhook Token")


def archived() -> Refused:
    return Refused(400, 50083, "Tried to perform an operation on an archived thread")


def no_mutual_guild() -> Refused:
    return Refused(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
