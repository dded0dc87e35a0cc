#!/usr/bin/env bash
# Installs the foreign clients that `npm run test:interop` calls the server with:
#   $MODELSERVER_INTEROP_HOME/bin/grpcurl   needs Go
#   $MODELSERVER_INTEROP_HOME/venv          needs Python 3.11 or newer, with venv
# MODELSERVER_INTEROP_HOME is ~/.cache/modelserver-interop unless set. What is there
# already stays; what cannot be had is skipped by name, and so are its tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

grpcurl_version=v1.9.4
requirements=test/interop/requirements.txt
peers=${MODELSERVER_INTEROP_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/modelserver-interop}

install_grpcurl() {
  if ! command -v go >/dev/null; then
    echo 'grpcurl: skipped, there is no Go'
  elif go version -m "$peers/bin/grpcurl" 2>/dev/null | grep -qF "$grpcurl_version"; then
    echo "grpcurl: $grpcurl_version is there"
  else
    # `go install` puts a binary for another platform into a folder of its own.
    env -u GOOS -u GOARCH GOBIN="$peers/bin" go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl_version"
    echo "grpcurl: installed $grpcurl_version"
  fi
}

install_python() {
  local python=${PYTHON:-python3} venv=$peers/venv
  if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo 'Python: skipped, there is no Python 3.11 or newer with venv'
  elif cmp --silent "$requirements" "$venv/installed.txt" && "$venv/bin/python" -c 'import grpc' 2>/dev/null; then
    echo 'Python: the packages are there'
  else
    "$python" -m venv --clear "$venv"
    # Wheels only: a package that had to be compiled would take longer than all tests.
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: \
      --requirement "$requirements"
    # Written last, so that an installation that broke off is done again.
    cp "$requirements" "$venv/installed.txt"
    echo 'Python: installed the packages'
  fi
}

mkdir -p "$peers/bin"
install_grpcurl
install_python
