#!/usr/bin/env bash
# Kills a process with live views and resuming subscribers N times at random moments, and checks each time what is there.
# usage: tests/views-crash.sh [--count N] [--seed S]
set -eu
cd "$(dirname "$0")/.."
dotnet build tests/Streaming -c Release -v q -nologo >&2
exec artifacts/bin/TickStore.Tests.Streaming/release/TickStore.Tests.Streaming crash "$@"
