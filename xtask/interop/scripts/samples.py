"""Sends the requests that it reads, and writes what the models made of them."""

import json
import sys

from alibabacloud_tea_util.models import RuntimeOptions

from common import MODELS, client, method, said, tell



def as_text(model):
    """The model, with JSON texts where its fields are texts that hold a list."""
    types = type(model).__init__.__annotations__
    for name, value in vars(model).items():
        if isinstance(value, list) and types.get(name) in (str, "str"):
            setattr(model, name, json.dumps(value, ensure_ascii=False, separators=(",", ":")))
            continue
        for inner in value if isinstance(value, list) else [value]:
            if hasattr(inner, "to_map"):
                as_text(inner)
    return model


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
            arguments = [as_text(filled)]
        call(*arguments, RuntimeOptions(autoretry=False))
        tell(name, request=request)
    except Exception as error:  # the outcome is what is asked for
        tell(name, said(error), request=request)
