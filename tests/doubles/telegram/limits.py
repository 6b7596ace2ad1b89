"""What the platform permits, with the source of each figure; tests shorten the times."""

from dataclasses import dataclass

CLOUD_DOWNLOAD = 20 << 20  # tdlib/telegram-bot-api, Client.h: MAX_DOWNLOAD_FILE_SIZE
CLOUD_UPLOAD = 50 << 20  # core.telegram.org/bots/api#sending-files
LOCAL_UPLOAD = 2000 << 20  # core.telegram.org/bots/api#using-a-local-bot-api-server

TEXT = 4096  # UTF-16 units after entities
CAPTION = 1024  # the same
ENTITIES = 100
CALLBACK_DATA = 64  # bytes
CALLBACK_TEXT = 200
ALBUM = range(2, 11)
COMMANDS = 100  # for each scope and language
THUMBNAIL = 200_000  # bytes
THUMBNAIL_SIDE = 320  # pixels
UPDATES = 100  # for each getUpdates
POLL_SECONDS = 50  # the longest a getUpdates is held


@dataclass(frozen=True)
class Times:
    """Seconds.

    `callback` and `checkout`: until an answer is too late; `resend` and `resend_most`: the first and the
    longest pause before an update is sent to the webhook again (there 1 s and 60 s, here shorter); `gone`:
    for how long a webhook may answer 410 before it is dropped (there 23 h).
    """

    callback: float = 15.0
    checkout: float = 10.0
    resend: float = 0.02
    resend_most: float = 0.5
    gone: float = 0.1
