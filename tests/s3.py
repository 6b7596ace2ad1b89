"""An S3 of the tests: moto's server, on a port of loopback, for the session."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "lathe",
    "AWS_SECRET_ACCESS_KEY": "quite-a-secret",
    "AWS_REGION": "us-east-1",
}

_buckets = count(1)


@dataclass(frozen=True)
class S3:
    """A running server, with a client that looks past the house."""

    endpoint: str
    client: Any

    @property
    def variables(self) -> dict[str, str]:
        """What an operator sets to use it."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.endpoint, "AWS_ALLOW_HTTP": "true"}

    def bucket(self) -> str:
        """A new bucket."""
        name = f"bucket-{next(_buckets)}"
        self.client.create_bucket(Bucket=name)
        return name

    def keys(self, bucket: str) -> list[str]:
        """What lies in a bucket."""
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=bucket).get("Contents", ())]

    def parts(self, bucket: str) -> list[Any]:
        """Uploads of a bucket that are not finished."""
        return list(self.client.list_multipart_uploads(Bucket=bucket).get("Uploads", ()))


@contextmanager
def running_s3() -> Iterator[S3]:
    """A server until the context ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=CREDENTIALS["AWS_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )
    try:
        yield S3(endpoint, client)
    finally:
        server.stop()
