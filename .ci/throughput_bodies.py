"""Prints the bodies of the updates of a recorded run, a line each, with the functions of another run.

    throughput_bodies.py RECORDING RUN
"""

import json
import sys

recording, run = sys.argv[1:]
with open(recording, encoding="utf-8") as lines:
    for line in lines:
        case = json.loads(line)
        own = case.get("bindings", {}).get("run", "")
        for exchange in case.get("exchanges", []):
            request = exchange["request"]
            body = request.get("body")
            # The load generator takes a line for a body, and no bytes that are no text.
            if request["method"] == "PUT" and isinstance(body, str) and 0 < len(body) < 4096 and "\n" not in body:
                print(body.replace(own, run) if own else body)
