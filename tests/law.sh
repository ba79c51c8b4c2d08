#!/usr/bin/env bash
# The long form of law 2: every definition of tests/Streaming/Law by every path, in N random groupings of rows into commits, on one and on
# two threads. Prints how many combinations agreed, and every one that did not with what is needed to see it again.
# usage: tests/law.sh [--count N] [--seed S] [--rows R] [--view NAME] [--path NAME]
set -eu
cd "$(dirname "$0")/.."
dotnet build tests/Streaming -c Release -v q -nologo >&2
exec artifacts/bin/TickStore.Tests.Streaming/release/TickStore.Tests.Streaming law "$@"
