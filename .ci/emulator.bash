# Starts and stops public emulators, for the scripts that judge one; to be sourced in the root of the repository, by a
# script that has set $work, a folder for their files. moto and ministack are of fixed versions, from .ci/requirements/;
# localstack and localemu are taken from the folder that EMULATORS names, as for .ci/scoreboard.
# shellcheck shell=bash

# The run must reach the emulator started here and no other, with test credentials and without a proxy.
unset "${!AWS_@}" "${!PROOFMARK_@}"
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 LC_ALL=C

pid=
stop() {
  [ -n "$pid" ] || return 0
  kill -TERM -- "-$pid" 2>/dev/null || true
  for _ in $(seq 50); do kill -0 -- "-$pid" 2>/dev/null || break; sleep 0.1; done
  kill -KILL -- "-$pid" 2>/dev/null || true
  pid=
}
trap stop EXIT
trap 'exit 130' INT TERM

folder() { # NAME: the virtual environment that holds it
  case $1 in
  localstack | localemu) echo "${EMULATORS:-$HOME/.cache/proofmark-emulators}/$1" ;;
  *) .ci/python "$1" ;;
  esac
}

start() { # NAME PORT
  local name=$1 port=$2 venv command ready
  local -a settings
  venv=$(folder "$name")
  case $name in
  moto)
    settings=(MOTO_IAM_LOAD_MANAGED_POLICIES=false)
    command=("$venv/bin/moto_server" -H 127.0.0.1 -p "$port")
    ready=/moto-api/
    ;;
  ministack) # binds every address unless it is told otherwise
    settings=(BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 LAMBDA_EXECUTOR=local)
    command=("$venv/bin/ministack")
    ready=/_ministack/ready
    ;;
  localstack | localemu) # Kinesis of the first downloads a server of its own
    settings=(PATH="$venv/bin:/usr/bin:/bin" GATEWAY_LISTEN="127.0.0.1:$port" FILESYSTEM_ROOT="$work/$name.files/state"
      SERVICES=lambda,sqs,iam,sts,s3,logs,cloudwatch DNS_ADDRESS=0 DISABLE_EVENTS=1 SKIP_SSL_CERT_DOWNLOAD=1
      STRICT_SERVICE_LOADING=1 EAGER_SERVICE_LOADING=0 USE_SSL=0)
    [ "$name" = localstack ] || settings+=(SERVICES=lambda,sqs,iam,sts,s3,logs,cloudwatch,kinesis)
    command=("$venv/bin/python" -m "$name.runtime.main")
    ready=/_$name/health
    ;;
  esac
  mkdir -p "$work/$name.files"
  # A session of its own, so that what the emulator starts is stopped with it.
  (cd "$work/$name.files" && exec setsid env "${settings[@]}" "${command[@]}") >"$work/$name.log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 600); do
    if ! kill -0 "$pid" 2>/dev/null; then break; fi
    if "$venv/bin/python" - "http://127.0.0.1:$port$ready" 2>/dev/null <<'PYTHON'; then return 0; fi
import sys, urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=2)
PYTHON
    sleep 0.1
  done
  tail -20 "$work/$name.log"
  echo "$name did not start" >&2
  exit 1
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
