"""What the scripts share: clients, and the lines that they write."""

import json
import os
import sys

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_sts20150401 import models as sts
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi import models as open_api

SETTINGS = os.environ
MODELS = {"Ecs": ecs, "Sts": sts}


def config(rpc=False, temporary=False, endpoint="ENDPOINT"):
    """Settings of a client: the signature, and which key."""
    settings = open_api.Config(
        access_key_id=SETTINGS["STS_ID" if temporary else "KEY_ID"],
        access_key_secret=SETTINGS["STS_SECRET" if temporary else "KEY_SECRET"],
        security_token=SETTINGS["STS_TOKEN"] if temporary else None,
        endpoint=SETTINGS[endpoint],
        protocol="http",
        region_id="cn-hangzhou",
    )
    if rpc:
        settings.signature_algorithm = "v2"
    return settings


def client(product="Ecs", **options):
    """A client of a product."""
    return {"Ecs": Ecs, "Sts": Sts}[product](config(**options))


def method(client, operation):
    """The method of an operation, which may be spelled with other underscores."""
    wanted = operation.lower() + "withoptions"
    for name in dir(client):
        if name.replace("_", "") == wanted:
            return getattr(client, name)
    return None


def tell(name, error="", **more):
    """Writes how a call went."""
    json.dump({"name": name, "error": error, **more}, sys.stdout, ensure_ascii=True)
    sys.stdout.write("\n")


def said(error):
    """What an exception says, in one line."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:300]
