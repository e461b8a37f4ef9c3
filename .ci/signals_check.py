"""The part of .ci/signals that interrupts: PROGRAM URL FOLDER ROUNDS."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

program, url, folder, rounds = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), int(sys.argv[4])
SOON = 3  # seconds that a campaign may take to end


def call(service, method, path, headers=None, body=None):
    credential = f"Credential=test/20260101/us-east-1/{service}/aws4_request"
    request = urllib.request.Request(url + path, method=method, data=body)
    request.add_header("Authorization", f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=00")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return answer.read().decode()


def there():
    """What the emulator holds, as texts that name it."""
    mappings = json.loads(call("lambda", "GET", "/2015-03-31/event-source-mappings/"))["EventSourceMappings"]
    functions = json.loads(call("lambda", "GET", "/2015-03-31/functions/"))["Functions"]
    asked = {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "application/x-amz-json-1.0"}
    queues = json.loads(call("sqs", "POST", "/", asked, b"{}")).get("QueueUrls") or []
    asked = {"X-Amz-Target": "Kinesis_20131202.ListStreams", "Content-Type": "application/x-amz-json-1.1"}
    streams = json.loads(call("kinesis", "POST", "/", asked, b"{}"))["StreamNames"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    roles = call("iam", "POST", "/", form, b"Action=ListRoles&Version=2010-05-08").split("<RoleName>")[1:]
    return (
        {"mapping " + one["UUID"] for one in mappings}
        | {"function " + one["FunctionName"] for one in functions}
        | {"queue " + one for one in queues}
        | {"stream " + one for one in streams}
        | {"role " + one.split("<")[0] for one in roles}
    )


def fail(why, log=None):
    if log is not None and log.exists():
        print(log.read_text(errors="replace")[-4000:])
    sys.exit(f"signals: {why}")


def nothing_left(before, what, log):
    left = there() - before
    if left:
        fail(f"{what} left {', '.join(sorted(left))}", log)


def campaign(number):
    """One SIGINT to `fuzz … 2>&1 | tee log`, as Ctrl-C sends it to all processes of the terminal."""
    log = folder / f"fuzz-{number}.log"
    target = "--reference" if number % 2 else f"--endpoint {url} -j 2"
    line = f"'{program}' fuzz {target} --seed {number} --corpus {folder}/corpus-{number} --no-regressions"
    before = there()
    pipe = subprocess.Popen(["bash", "-c", f"{line} 2>&1 | tee '{log}' >/dev/null"], start_new_session=True)
    time.sleep(0.5 + number * 0.37 % 4)
    asked = time.monotonic()
    os.killpg(pipe.pid, signal.SIGINT)
    while True:
        pipe.poll()
        try:
            os.killpg(pipe.pid, 0)
        except ProcessLookupError:
            break
        if time.monotonic() - asked > 30:
            os.killpg(pipe.pid, signal.SIGKILL)
            fail("a campaign did not end within 30 s of SIGINT", log)
        time.sleep(0.02)
    took = time.monotonic() - asked
    if took > SOON:
        fail(f"a campaign took {took:.1f} s to end after SIGINT", log)
    nothing_left(before, "a campaign", log)
    return took


def run(number):
    """GNU `timeout` signals the run, and then its group: twice, one right after the other."""
    report, log = folder / f"run-{number}.json", folder / f"run-{number}.log"
    before = there()
    with open(log, "wb") as said:
        command = ["timeout", "5", program, "run", "--endpoint", url, "--no-regressions", f"--report=json={report}"]
        ended = subprocess.run(command, stdout=said, stderr=said, timeout=60)
    if not report.exists():
        fail(f"a run that was ended after 5 s (code {ended.returncode}) wrote no report", log)
    told = json.loads(report.read_text())
    if told["stopped"]["kind"] != "interrupted" or told["leftovers"]:
        fail(f"its report tells of {told['stopped']} and {told['leftovers']}", log)
    nothing_left(before, "a run", log)
    return len(told["cases"])


took = [campaign(number) for number in range(rounds)]
cases = [run(number) for number in range(rounds)]
print(
    f"{rounds} campaigns ended within {max(took):.1f} s of SIGINT; {rounds} runs of 5 s told of "
    f"{min(cases)} to {max(cases)} cases each; nothing was left behind"
)
