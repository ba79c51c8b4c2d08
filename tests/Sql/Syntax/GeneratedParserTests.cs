// Proves that the committed parser was generated from the committed grammars: the stamp that generate.sh leaves beside the
// generated code holds their SHA-256, and this compares it with the files. Needs no tool but the SDK.
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace TickStore.Tests.Sql.Syntax;

public class GeneratedParserTests
{
    [Theory]
    [InlineData("TickSqlLexer.g4")]
    [InlineData("TickSqlParser.g4")]
    public void The_stamp_matches_the_grammar(string grammar)
    {
        var folder = SyntaxFolder();
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, grammar))));
        var stamp = File.ReadAllLines(Path.Combine(folder, "Generated", "grammar.sha256"));
        Assert.Contains($"{hash}  {grammar}", stamp);
    }

    private static string SyntaxFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "sql", "Syntax"));
}
