"""Speaks Dagster Pipes with nothing but the standard library, to show how little there is to it.

The launcher leaves two words in the environment. Each is base64 of zlib of JSON: where the context is, and where
messages go. A message is one JSON object a line.
"""

import base64
import json
import os
import zlib


def decode(name):
    return json.loads(zlib.decompress(base64.b64decode(os.environ[name])))


def send(method, **params):
    with open(decode("DAGSTER_PIPES_MESSAGES")["path"], "a") as messages:
        line = {"__dagster_pipes_version": "0.1", "method": method, "params": params}
        messages.write(json.dumps(line) + "\n")


with open(decode("DAGSTER_PIPES_CONTEXT")["path"]) as file:
    context = json.load(file)

send("opened", extras={})

asset_key = context["asset_keys"][0]
numbers = context["extras"]["numbers"]
send("log", level="INFO", message=f"Adding {len(numbers)} numbers for {asset_key}")
send(
    "report_asset_materialization",
    asset_key=asset_key,
    data_version=None,
    metadata={"total": {"type": "float", "raw_value": float(sum(numbers))}},
)

send("closed")
