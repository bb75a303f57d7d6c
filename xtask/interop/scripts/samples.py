"""Sends the requests that it reads, and writes what the models made of them."""

import json
import sys

from alibabacloud_tea_util.models import RuntimeOptions

from common import MODELS, client, method, said, tell

samples = json.load(sys.stdin)
clients = {
    product: client(product, rpc=samples[0]["rpc"])
    for product in {sample["product"] for sample in samples}
}
for sample in samples:
    product, operation = sample["product"], sample["operation"]
    name = f"{product} {operation}"
    model = getattr(MODELS[product], operation + "Request", None)
    call = method(clients[product], operation)
    if call is None:
        continue
    try:
        arguments, request = [], {}
        if model is not None:
            filled = model().from_map(sample["request"])
            request = filled.to_map()
            arguments = [filled]
        call(*arguments, RuntimeOptions(autoretry=False))
        tell(name, request=request)
    except Exception as error:  # the outcome is what is asked for
        tell(name, said(error), request=request)
