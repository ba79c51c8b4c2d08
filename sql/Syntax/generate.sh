#!/usr/bin/env bash
# Regenerates Generated/ from the two grammars with antlr-ng (needs node; no Java). The stamp holds the SHA-256 of the
# grammars, and a unit test compares it, so that a grammar edited without this script fails the build's tests.
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cp TickSqlLexer.g4 TickSqlParser.g4 "$out/"
(
    cd "$out"
    for grammar in TickSqlLexer TickSqlParser; do
        npx --yes antlr-ng@1.0.10 -Dlanguage=CSharp -v false -l false -w true -p TickStore.Sql.Syntax.Generated \
            -o gen --lib gen "$grammar.g4"
    done
)
mkdir -p Generated
for name in TickSqlLexer TickSqlParser; do
    # The parser is an inner part of this room: nothing outside the assembly sees its types.
    sed -e 's/^public partial class/internal partial class/' -e '/CLSCompliant/d' \
        -e 's/^\/\/ Generated from .*\(TickSql[A-Za-z]*\.g4\).*/\/\/ Generated from \1 by generate.sh/' \
        "$out/gen/$name.cs" > "Generated/$name.cs"
done
sha256sum TickSqlLexer.g4 TickSqlParser.g4 > Generated/grammar.sha256
