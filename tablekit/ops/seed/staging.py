"""Past what a machine should carry: the file goes to S3, and DynamoDB imports it into a table that it makes.

DynamoDB's import always makes a new table. Pulumi owns that one from its first moment by the Table's `importTable`,
whose settings this gives. A table that exists can't be imported into: declare one with a new logical name.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig

from tablekit.client.aws import Clients, translated
from tablekit.ops.errors import SeedError
from tablekit.ops.seed.formats import Record
from tablekit.ops.seed.target import Target
from tablekit.ops.signed_http import encoded

PART_ITEMS_BYTES = 512 * 1024 * 1024
"""Text of one object, unpacked: an import reads many objects at a time, and takes up to 50,000."""
_MEMORY_BYTES = 32 * 1024 * 1024
_TRANSFER = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20, max_concurrency=4)


def place_of(address: str) -> tuple[str, str]:
    """Bucket and prefix of `s3://bucket/prefix`. Raises SeedError."""
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise SeedError(f"{address!r} is not an address in S3; write it as s3://bucket/prefix")
    return parts.netloc, parts.path.strip("/")


def stage_file(
    clients: Clients,
    target: Target,
    records: Iterable[Record],
    address: str,
    progress: Callable[[int], None] = lambda done: None,
    part_bytes: int = PART_ITEMS_BYTES,
) -> dict[str, Any]:
    """Write items to S3 in parts, gzip and DynamoDB JSON; gives the settings of `importTable`.

    records: good ones. address: `s3://bucket/prefix`; the table's name is put behind it. Raises CallError.
    """
    bucket, prefix = place_of(address)
    folder = f"{prefix}/{target.exported.name}/" if prefix else f"{target.exported.name}/"
    client = clients.get("s3", target.region)
    with translated(f"bucket {bucket!r}"):
        client.head_bucket(Bucket=bucket)
        for number, part in enumerate(_parts(records, part_bytes, progress)):
            client.upload_fileobj(part, bucket, f"{folder}part-{number:05}.json.gz", Config=_TRANSFER)
    return {
        "inputFormat": "DYNAMODB_JSON",
        "inputCompressionType": "GZIP",
        "s3BucketSource": {"bucket": bucket, "keyPrefix": folder},
    }


def _parts(records: Iterable[Record], part_bytes: int, progress: Callable[[int], None]) -> Iterator[IO[bytes]]:
    lines = _lines(records, progress)
    line = next(lines, None)
    while line is not None:
        with tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES) as spool:
            written = 0
            with gzip.GzipFile(fileobj=spool, mode="wb", compresslevel=6, mtime=0) as packed:
                while line is not None and written < part_bytes:
                    packed.write(line)
                    written += len(line)
                    line = next(lines, None)
            spool.seek(0)
            yield spool


def _lines(records: Iterable[Record], progress: Callable[[int], None]) -> Iterator[bytes]:
    for record in records:
        yield encoded({"Item": record.item}).encode() + b"\n"
        progress(record.end)
