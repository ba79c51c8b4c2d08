// Proves the functions with state against indicator values that other libraries published (TA-Lib and its like): every row of six
// files of QuantConnect/Lean's Tests/TestData (Apache-2.0, unchanged), through SQL, as exactly as the printed prices allow.
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace TickStore.Tests.Sql.Statements;

public sealed class PublishedIndicatorsTests
{
    [Theory]
    [InlineData("spy_with_indicators.txt", "mavg(c7, 14)", 1, 487)]
    [InlineData("spy_with_indicators.txt", "ema(c7, 14)", 2, 487)]
    [InlineData("spy_with_indicators.txt", "rsi(c7, 14)", 5, 486)]
    [InlineData("spy_bollinger_bands.txt", "mavg(c4, 20)", 5, 481)]
    [InlineData("spy_bollinger_bands.txt", "mavg(c4, 20) + 2 * mstdp(c4, 20)", 6, 481)]
    [InlineData("spy_bollinger_bands.txt", "mavg(c4, 20) - 2 * mstdp(c4, 20)", 7, 481)]
    [InlineData("spy_var.txt", "mvarp(c4, 10)", 6, 491)]
    [InlineData("spy_atr.txt", "atr(c2, c3, c4, 14)", 5, 487)]
    [InlineData("spy_with_vwap.txt", "msum((c1 + c2 + c3 + c4) / 4 * c5, 50) / msum(c5, 50)", 6, 452)]
    public void Values_are_those_of_the_files(string file, string expression, int column, int leastCount)
    {
        var folder = Unpacked.Value;
        var lines = File.ReadAllLines(Path.Combine(folder, file)).Skip(1).Select(l => l.Split(',')).ToArray();
        var found = Compute(lines, expression);
        var compared = 0;
        for (var row = 0; row < lines.Length; row++)
        {
            if (column < lines[row].Length && Close(lines[row][column], found[row], $"{file} row {row}: {expression}"))
                compared++;
        }

        Assert.True(compared >= leastCount, $"only {compared} values of {file} were compared");
    }

    [Fact]
    public void Rolling_correlation_is_that_of_the_file()
    {
        var folder = Unpacked.Value;
        var lines = File.ReadAllLines(Path.Combine(folder, "spy_qqq_corr.csv"))
            .Skip(1)
            .Select(l => l.Split(','))
            .ToArray();
        var pairs = lines.Chunk(2).Select(p => new[] { "", p[0][5], p[1][5] }).ToArray();
        var found = Compute(pairs, "mcorr(c1, c2, 252)");
        var compared = 0;
        for (var row = 252 - 1; row < pairs.Length; row++)
            compared += Close(lines[(2 * row) + 1][7], found[row], $"row {row}") ? 1 : 0;
        Assert.True(compared >= 3_713, $"only {compared} values were compared");
    }

    private static bool Close(string published, string? found, string where)
    {
        if (published.Length == 0)
            return false;
        var wanted = double.Parse(published, CultureInfo.InvariantCulture);
        Assert.True(found is not null, $"{where}: NULL, published {published}");
        var value = double.Parse(found, CultureInfo.InvariantCulture);
        var point = published.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? 0 : published.Length - point - 1;
        // Half a unit of the last printed digit, or what the rounding of the printed prices makes of it.
        var tolerance = Math.Max(0.51 * Math.Pow(10, -digits), Math.Abs(wanted) * 1e-5);
        Assert.True(Math.Abs(value - wanted) <= tolerance, $"{where}: {found}, published {published}");
        return true;
    }

    private static string?[] Compute(string[][] rows, string expression)
    {
        using var database = TickDatabase.OpenInMemory();
        var width = rows.Max(r => r.Length);
        var columns = string.Join(", ", Enumerable.Range(1, width - 1).Select(i => $"c{i} DOUBLE"));
        database.Execute($"CREATE TABLE v (ts TIMESTAMP NOT NULL, {columns}) EVENT TIME ts");
        var sql = new StringBuilder("INSERT INTO v VALUES ");
        for (var row = 0; row < rows.Length; row++)
        {
            var values = Enumerable
                .Range(1, width - 1)
                .Select(i => i < rows[row].Length && rows[row][i].Length > 0 ? rows[row][i] : "NULL");
            sql.Append(row == 0 ? "" : ",")
                .Append($"(TIMESTAMP '2000-01-01' + {row} * INTERVAL '1 day', {string.Join(", ", values)})");
        }

        database.Execute(sql.ToString());
        using var result = database.Query($"SELECT {expression} FROM v CONTEXT BY 1 ORDER BY ts");
        return [.. result.ToTextRows().Select(r => r[0])];
    }

    // The archive is unpacked once for all cases.
    private static readonly Lazy<string> Unpacked = new(() =>
    {
        var target = Directory.CreateTempSubdirectory("tickstore-vectors").FullName;
        using var stream = File.OpenRead(
            Path.Combine(AppContext.BaseDirectory, "Statements", "Published", "indicators.tar.gz")
        );
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(unzipped, target, overwriteFiles: true);
        return target;
    });
}
