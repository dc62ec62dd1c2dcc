"""What keeps a family's expired items: a bucket, the function that writes to it, and a table for Athena."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tablekit.model.pipe_permissions import archive_statements
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources.buckets import Lifecycle, private_bucket
from tablekit.resources.expected import CATALOG_DATABASE, CATALOG_TABLE, Expected
from tablekit.resources.functions import Function, function

PREFIX: Final = "expired"
"""What objects' keys begin with, and what the table for Athena is called."""
_FIRST_DAY: Final = "2026-01-01"
"""No item expired before."""
_COLUMNS: Final = {
    "expired_at": "when TTL deleted it, UTC",
    "id": "of the stream's record",
    "sequence": "of the stream's record",
    "item": "the item, a text of JSON, for json_extract_scalar(item, '$.…')",
}
_PARTITIONS: Final = ("table_name", "day")


def of_family(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """The archive of a family, each part after what it needs; nothing where nothing of it is archived."""
    staged, stage, region = family.archive, family.stage, family.region
    if staged is None:
        return
    bucket, storage = staged.bucket(account), stage.archive_storage
    kept = Lifecycle(storage.delete_after_days, storage.classes)
    yield from private_bucket(f"{name}-archive", bucket, region, stage, account, family.tags, kept, key=family.kms_key)
    made = Function(
        name=staged.function,
        role=staged.role,
        file="archive",
        purpose=f"Keeps what TTL deletes of family {family.key}",
        region=region,
        may=archive_statements(family, bucket, PREFIX, account),
        tags=family.tags,
        data={"bucket": bucket, "prefix": PREFIX},
        memory=512,
    )
    yield from function(f"{name}-archive", made, stage, account)
    database = {"name": staged.database, "description": f"Expired items of {family.declared.title}"}
    yield Expected(CATALOG_DATABASE, f"{name}-archive", {**database, "region": region, "tags": family.tags})
    yield _table(f"{name}-archive", family, staged.database, bucket)


def _table(name: str, family: StagedFamily, database: str, bucket: str) -> Expected:
    """Its partitions follow from its parameters, so that nobody adds one a day."""
    place = f"s3://{bucket}/{PREFIX}/"
    names = sorted(family.tables[pipe.table].name for pipe in family.pipes if pipe.use == "archive")
    projected = {
        "projection.enabled": "true",
        "projection.day.type": "date",
        "projection.day.format": "yyyy-MM-dd",
        "projection.day.range": f"{_FIRST_DAY},NOW",
        "projection.table_name.type": "enum",
        "projection.table_name.values": ",".join(names),
        "storage.location.template": place + "/".join(f"{each}=${{{each}}}" for each in _PARTITIONS),
    }
    stored: dict[str, Any] = {
        "location": place,
        "inputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "outputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "columns": [{"name": each, "type": "string", "comment": means} for each, means in _COLUMNS.items()],
        "serDeInfo": {"serializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
    }
    inputs = {
        "name": PREFIX,
        "databaseName": database,
        "description": "What TTL deleted, a line an item",
        "tableType": "EXTERNAL_TABLE",
        "parameters": {"classification": "json", "compressionType": "gzip", **projected},
        "partitionKeys": [{"name": each, "type": "string"} for each in _PARTITIONS],
        "storageDescriptor": stored,
        "region": family.region,
    }
    return Expected(CATALOG_TABLE, name, inputs)
