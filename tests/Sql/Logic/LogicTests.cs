// Proves what statements do, end to end: each file of Cases is a script over a fresh database in memory, run once with its rows in
// the head and once more with every row sealed into segments, and every query's rows are compared as text with those in the file.
using TickStore.Core;

namespace TickStore.Tests.Sql.Logic;

public sealed class LogicTests
{
    public static TheoryData<string, bool> Files()
    {
        var data = new TheoryData<string, bool>();
        foreach (
            var path in Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "Logic", "Cases"), "*.slt")
                .Order(StringComparer.Ordinal)
        )
        {
            data.Add(Path.GetFileName(path), false);
            data.Add(Path.GetFileName(path), true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_record_of_the_file_holds(string file, bool isSealed)
    {
        using var database = TickDatabase.OpenInMemory();
        var faults = new List<string>();
        foreach (var record in LogicRecord.Read(Path.Combine(AppContext.BaseDirectory, "Logic", "Cases", file)))
        {
            if (Check(database, record) is { } fault)
                faults.Add($"{file}:{record.Line}: {record.Sql}\n{fault}");
            if (isSealed && record.Kind == "statement")
                database.Seal();
        }

        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    [Fact]
    public void There_are_files() => Assert.NotEmpty(Files());

    private static string? Check(TickDatabase database, LogicRecord record)
    {
        try
        {
            switch (record.Kind)
            {
                case "statement":
                    database.Execute(record.Sql);
                    return null;
                case "query":
                    using (var result = database.Query(record.Sql))
                    {
                        var rows = result
                            .ToTextRows()
                            .Select(r => string.Join('|', r.Select(v => v ?? "NULL")))
                            .ToList();
                        var expected = record.Expected.ToList();
                        if (record.Argument == "rowsort")
                        {
                            rows.Sort(StringComparer.Ordinal);
                            expected.Sort(StringComparer.Ordinal);
                        }

                        return rows.SequenceEqual(expected)
                            ? null
                            : $"expected:\n{string.Join('\n', expected)}\nfound:\n{string.Join('\n', rows)}";
                    }

                default:
                    database.Execute(record.Sql);
                    return $"should fail with: {record.Argument}";
            }
        }
        catch (TickStoreException error) when (record.Kind == "error")
        {
            var isWanted = error.Message.Contains(record.Argument, StringComparison.Ordinal);
            // Behind ---- stands the whole message, caret included.
            var golden = string.Join('\n', record.Expected);
            return !isWanted ? $"should fail with: {record.Argument}\nfailed with: {error.Message}"
                : golden.Length == 0 || golden == error.Message ? null
                : $"expected:\n{golden}\nfound:\n{error.Message}";
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error.ToString();
        }
    }
}
