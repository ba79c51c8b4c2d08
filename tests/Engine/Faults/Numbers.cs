using TickStore.Core;
using TickStore.Storage;
using TickStore.Tests.Support;

namespace TickStore.Tests.Engine.Faults;

/// <summary>
/// Tables whose rows are the numbers 0, 1, 2 ... in commits of <see cref="CommitRows"/>, so that what a database holds
/// after a fault can be judged by counting: nothing acknowledged missing, no commit in part, nothing twice.
/// </summary>
internal static class Numbers
{
    public const int CommitRows = 10;
    public const string Table = "numbers";
    public const long Start = 1_675_215_000_000_000_000;

    /// <summary>Small files and explicit sealing only, so that a fault is met soon and at a known place.</summary>
    public static StorageOptions Small { get; } =
        new()
        {
            BackgroundWork = false,
            LogSegmentBytes = 64 << 10,
            LogBufferBytes = 64 << 10,
            MemoryBudgetBytes = 64 << 20,
        };

    public static TableSchema Schema(string name = Table) =>
        new(
            name,
            [
                new("ts", DataType.Timestamp, Nullable: false),
                new("sym", DataType.Symbol, Nullable: false),
                new("n", DataType.BigInt, Nullable: false),
                new("note", DataType.Varchar),
            ]
        )
        {
            EventTimeColumn = 0,
            ClusterColumn = 1,
        };

    /// <summary>The rows of the commit that begins with <paramref name="first"/>; a new symbol each time.</summary>
    public static Batch Make(TickDatabase database, long first, int rowCount = CommitRows, int noteBytes = 8)
    {
        var rows = Batch.Allocate(Schema().ToBatchSchema(), rowCount, database.Pool);
        var symbol = database.Symbols.Intern(System.Text.Encoding.UTF8.GetBytes($"S{first / CommitRows}"));
        var note = new byte[noteBytes];
        var random = new Random((int)first);
        for (var i = 0; i < rowCount; i++)
        {
            rows[0].Writable<long>()[i] = Start + first + i;
            rows[1].Writable<int>()[i] = symbol;
            rows[2].Writable<long>()[i] = first + i;
            foreach (ref var letter in note.AsSpan())
            {
                letter = (byte)random.Next('a', 'z');
            }

            rows[3].AppendUtf8(note);
        }

        for (var column = 0; column < 3; column++)
        {
            rows[column].SetRowCount(rowCount);
        }

        rows.SetRowCount(rowCount);
        return rows;
    }

    /// <summary>Commits the next rows.</summary>
    public static CommitResult Commit(
        TickDatabase database,
        long first,
        Durability? durability = null,
        string table = Table,
        int noteBytes = 8
    )
    {
        using var rows = Make(database, first, noteBytes: noteBytes);
        return database.Commit(table, rows, durability: durability);
    }

    /// <summary>All numbers of a table, in ascending order.</summary>
    public static long[] Read(TickDatabase database, string table = Table)
    {
        using var snapshot = database.OpenSnapshot();
        return Read(database, snapshot, table);
    }

    /// <summary>All numbers that a snapshot sees, in ascending order.</summary>
    public static long[] Read(TickDatabase database, DatabaseSnapshot snapshot, string table = Table)
    {
        using var scan = snapshot
            .GetTable(table)
            .OpenScan(new ScanRequest { Columns = [2, 3] }, database.Pool, CancellationToken.None);
        var numbers = new List<long>();
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                numbers.AddRange(batch[0].Values<long>());
            }
        }

        numbers.Sort();
        return [.. numbers];
    }

    /// <summary>The table holds 0 to some end: at least what was acknowledged, at most what was tried, whole
    /// commits.</summary>
    public static long[] AssertHolds(
        TickDatabase database,
        long acknowledgedCount,
        long triedCount,
        string table = Table
    )
    {
        var numbers = Read(database, table);
        Assert.Equal(Enumerable.Range(0, numbers.Length).Select(n => (long)n), numbers);
        Assert.InRange(numbers.Length, acknowledgedCount, triedCount);
        Assert.Equal(0, numbers.Length % CommitRows);
        return numbers;
    }

    /// <summary>An error of this code whose message has each of these parts.</summary>
    public static TickStoreException AssertError(ErrorCode code, Action action, params string[] parts)
    {
        var error = Assert.Throws<TickStoreException>(action);
        Assert.True(code == error.Code, error.ToString());
        foreach (var part in parts)
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        return error;
    }
}
