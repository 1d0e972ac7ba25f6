"""Carries out a plan of AWS calls with boto3 and the `aws` command.

Reads a JSON list from standard input, one object per call:

    {"service": "pi", "operation": "get_resource_metrics", "params": {...}}
    {"service": "pi", "operation": "describe_dimension_keys", "params": {...}, "pages": true}
    {"aws": ["rds", "describe-db-instances"]}

and writes a JSON list of the same length to standard output, one object per
call: {"ok": answer}, {"ok": [page, ...]} with "pages", or {"error": {"code",
"message", "status"}}. Times are epoch seconds. Where to call and with which
credentials is said by the usual AWS_* variables. boto3 does not check the
parameters here, so that bad requests reach the server.
"""

import datetime
import json
import os
import subprocess
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# A page more than this means that the paging goes in a circle.
MOST_PAGES = 200

CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1}, read_timeout=30)
CLIENTS = {}


def client(service):
    if service not in CLIENTS:
        CLIENTS[service] = boto3.client(service, config=CONFIG)
    return CLIENTS[service]


def epoch_seconds(value):
    """A datetime as seconds; as an integer where it is one, as JSON writes it."""
    return value.timestamp()


def plain(value):
    if isinstance(value, datetime.datetime):
        return epoch_seconds(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def from_params(params):
    """Times in a plan are {"epoch": seconds}; botocore wants datetimes."""
    if isinstance(params, dict):
        if set(params) == {"epoch"}:
            return datetime.datetime.fromtimestamp(params["epoch"], datetime.timezone.utc)
        return {key: from_params(inner) for key, inner in params.items()}
    if isinstance(params, list):
        return [from_params(inner) for inner in params]
    return params


def call(step):
    operation = getattr(client(step["service"]), step["operation"])
    params = from_params(step.get("params", {}))
    if not step.get("pages"):
        return plain(operation(**params))
    pages = []
    while True:
        answer = plain(operation(**params))
        token = answer.pop("NextToken", None)
        pages.append(answer)
        if not token:
            return pages
        if len(pages) >= MOST_PAGES:
            raise RuntimeError("the paging does not end")
        params["NextToken"] = token


def command_line(arguments):
    program = os.path.join(os.path.dirname(sys.executable), "aws")
    # Its `rds` does not look at AWS_ENDPOINT_URL (awscli 1.46), all others do.
    line = [program, "--endpoint-url", os.environ["AWS_ENDPOINT_URL"], "--output", "json", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        return {"error": {"code": "", "message": done.stderr.strip(), "status": done.returncode}}
    return {"ok": times_as_seconds(json.loads(done.stdout))}


def times_as_seconds(value, key=""):
    """The command prints times as ISO 8601 or as numbers, depending on its version."""
    if isinstance(value, dict):
        return {name: times_as_seconds(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [times_as_seconds(inner, key) for inner in value]
    if isinstance(value, str) and ("Time" in key or "Timestamp" in key):
        try:
            return epoch_seconds(datetime.datetime.fromisoformat(value.replace("Z", "+00:00")))
        except ValueError:
            return value
    return value


def carry_out(step):
    if "aws" in step:
        return command_line(step["aws"])
    try:
        return {"ok": call(step)}
    except ClientError as refused:
        error = refused.response.get("Error", {})
        status = refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return {
            "error": {
                "code": error.get("Code"),
                "message": error.get("Message", ""),
                "status": status,
            }
        }


def main():
    plan = json.load(sys.stdin)
    json.dump([carry_out(step) for step in plan], sys.stdout)


if __name__ == "__main__":
    main()
