// Proves the habits of docs/STYLE.md that a machine can see, over every source file of the product: file length, line
// length, unsafe code in its rooms only, no unfinished work. A file that breaks one is named.
using System.Text.RegularExpressions;

namespace TickStore.Tests.Architecture;

public sealed partial class StyleTest
{
    private const int FileLinesMax = 500;
    private const int LineCharactersMax = 140;

    private static readonly string[] UnsafeRooms =
    [
        "engine/Core/",
        "engine/Codecs/",
        "engine/Storage/Devices/",
        "engine/Execution/Compiled/",
    ];

    [Fact]
    public void No_file_grows_past_its_limit() =>
        Assert.Empty(Product().Where(f => File.ReadLines(f).Count() > FileLinesMax).Select(Repository.Relative));

    [Fact]
    public void No_line_runs_off_the_screen() =>
        Assert.Empty(
            from file in Product()
            from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
            where line.text.Length > LineCharactersMax
            select $"{Repository.Relative(file)}:{line.number}"
        );

    [Fact]
    public void Unsafe_code_stays_in_its_rooms() =>
        Assert.Empty(
            from file in Product()
            let name = Repository.Relative(file)
            where !UnsafeRooms.Any(r => name.StartsWith(r, StringComparison.Ordinal))
            where UnsafeKeyword().IsMatch(File.ReadAllText(file))
            select name
        );

    [Fact]
    public void Nothing_is_left_for_later() =>
        Assert.Empty(
            from file in Product().Concat(Repository.Sources("tests", "perf"))
            where Path.GetFileName(file) != "StyleTest.cs"
            from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
            where Unfinished().IsMatch(line.text)
            select $"{Repository.Relative(file)}:{line.number}: {line.text.Trim()}"
        );

    [Fact]
    public void Every_test_file_says_what_it_proves() =>
        Assert.Empty(
            from file in Repository.Sources("tests")
            where
                file.EndsWith("Test.cs", StringComparison.Ordinal)
                || file.EndsWith("Tests.cs", StringComparison.Ordinal)
            where !File.ReadLines(file).First().StartsWith("//", StringComparison.Ordinal)
            select Repository.Relative(file)
        );

    private static IEnumerable<string> Product() => Repository.Sources(Repository.ProductFolders);

    [GeneratedRegex(@"^\s*(?!//).*\bunsafe\b", RegexOptions.Multiline)]
    private static partial Regex UnsafeKeyword();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException|\bSkip\s*=\s*""")]
    private static partial Regex Unfinished();
}
