"""AWS's own client against `proofmark serve`: what it creates, updates, gets, lists and deletes must be there.

Usage: boto3_check.py URL. The reference must have been started with `--settle`, so that transitions can be seen.
"""

import io
import sys
import time
import zipfile

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
STATEMENT = '{"Version":"2012-10-17","Statement":[]}'


def client(service):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        # The client's own checks would keep invalid requests from the wire.
        config=Config(parameter_validation=False, retries={"max_attempts": 1}, proxies={}),
    )


iam, functions, sqs, kinesis = (client(s) for s in ("iam", "lambda", "sqs", "kinesis"))


def refused(error, call, **arguments):
    """The call must be refused, as one of the client's own exception classes and with its documented status."""
    kind, status = error
    try:
        call(**arguments)
    except kind as e:
        found = e.response["ResponseMetadata"]["HTTPStatusCode"]
        assert found == status, f"{arguments}: expected status {status}, found {found}: {e}"
        print(f"  refused as it should be: {e}")
        return
    raise AssertionError(f"expected {kind.__name__}, but it was accepted: {arguments}")


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def settled(uuid):
    """The mapping once its transition has ended; none once it is gone."""
    for _ in range(200):
        try:
            mapping = functions.get_event_source_mapping(UUID=uuid)
        except functions.exceptions.ResourceNotFoundException:
            return None
        if mapping["State"] in ("Enabled", "Disabled"):
            return mapping
        time.sleep(0.05)
    raise AssertionError(f"mapping {uuid} did not settle in ten seconds: {mapping['State']}")


def uuids(**filters):
    return [m["UUID"] for m in functions.list_event_source_mappings(**filters)["EventSourceMappings"]]


def package():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    pass\n")
    return packed.getvalue()


print("role, functions, version, alias, queue, stream")
role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=STATEMENT)["Role"]["Arn"]
for name in ("first", "second"):
    made = functions.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="index.handler", Code={"ZipFile": package()}
    )
    assert made["FunctionArn"].endswith(f":function:{name}"), made
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
assert functions.publish_version(FunctionName="first")["Version"] == "1"
alias = functions.create_alias(FunctionName="first", Name="live", FunctionVersion="1")
assert alias["AliasArn"].endswith(":first:live"), alias
queue = sqs.create_queue(QueueName="queue")["QueueUrl"]
queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
kinesis.create_stream(StreamName="stream", ShardCount=1)
kinesis.get_waiter("stream_exists").wait(StreamName="stream")
stream_arn = kinesis.describe_stream(StreamName="stream")["StreamDescription"]["StreamARN"]

errors = functions.exceptions
INVALID = (errors.InvalidParameterValueException, 400)
UNKNOWN = (errors.ResourceNotFoundException, 404)
IN_USE = (errors.ResourceInUseException, 400)
CONFLICT = (errors.ResourceConflictException, 409)

for source, more in ((queue_arn, {}), (stream_arn, {"StartingPosition": "LATEST"})):
    print(f"mapping of {source}")
    made = functions.create_event_source_mapping(FunctionName="first", EventSourceArn=source, BatchSize=9, **more)
    uuid = made["UUID"]
    assert (status(made), made["State"], made["BatchSize"]) == (202, "Creating", 9), made
    refused(IN_USE, functions.update_event_source_mapping, UUID=uuid, BatchSize=5)
    assert settled(uuid)["State"] == "Enabled"

    updated = functions.update_event_source_mapping(UUID=uuid, BatchSize=7, FunctionName="first:live", Enabled=False)
    assert (status(updated), updated["State"], updated["BatchSize"]) == (202, "Disabling", 7), updated
    assert updated["FunctionArn"].endswith(":function:first:live"), updated
    assert (updated["UUID"], updated["EventSourceArn"]) == (uuid, source), updated
    read = settled(uuid)
    assert (status(read), read["State"], read["BatchSize"]) == (200, "Disabled", 7), read
    assert read["FunctionArn"] == updated["FunctionArn"], read
    assert read["LastModified"].tzinfo is not None, read  # the client read it as a time

    updated = functions.update_event_source_mapping(UUID=uuid, Enabled=True)
    assert updated["State"] == "Enabling", updated
    read = settled(uuid)
    assert (read["State"], read["BatchSize"]) == ("Enabled", 7), read

    assert uuids(EventSourceArn=source) == [uuid]
    assert uuids(FunctionName="first:live") == [uuid]
    assert uuids(FunctionName="second") == []

    for error, change in (
        (INVALID, {"BatchSize": 0}),
        (INVALID, {"BatchSize": 10001}),
        (INVALID, {"FunctionName": "a b"}),
        (INVALID, {"FunctionName": "a" * 65}),
        (UNKNOWN, {"FunctionName": "absent"}),
        (UNKNOWN, {"FunctionName": "first:9"}),
    ):
        refused(error, functions.update_event_source_mapping, UUID=uuid, **change)
    refused(UNKNOWN, functions.update_event_source_mapping, UUID=uuid[:-12] + "0123456789ab", BatchSize=5)
    refused(CONFLICT, functions.create_event_source_mapping, FunctionName="first:live", EventSourceArn=source, **more)
    after = settled(uuid)
    assert {**after, "ResponseMetadata": None} == {**read, "ResponseMetadata": None}, "a refusal changed the mapping"

    deleted = functions.delete_event_source_mapping(UUID=uuid)
    assert (status(deleted), deleted["State"]) == (202, "Deleting"), deleted
    assert settled(uuid) is None
    refused(UNKNOWN, functions.get_event_source_mapping, UUID=uuid)
    refused(UNKNOWN, functions.delete_event_source_mapping, UUID=uuid)

print("and all of it away")
assert uuids() == []
functions.delete_alias(FunctionName="first", Name="live")
for name in ("first", "second"):
    functions.delete_function(FunctionName=name)
refused(UNKNOWN, functions.get_function, FunctionName="first")
sqs.delete_queue(QueueUrl=queue)
kinesis.delete_stream(StreamName="stream")
iam.delete_role(RoleName="role")
print("boto3 and the reference agree")
