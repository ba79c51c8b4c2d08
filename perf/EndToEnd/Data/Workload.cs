using System.Numerics;
using TickStore.Core;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Data;

/// <summary>
/// Generated rows, held in memory as plain arrays so that no engine waits for the generator, and how they become columns
/// of a TickStore table.
/// </summary>
internal abstract class Workload(MarketProfile profile, int rowCount)
{
    /// <summary>The tables that can be generated, in the order in which runs take them.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["trades", "quotes", "snapshots"];

    /// <summary>Generates one table of the profile, whole: 21 bytes of memory a trade, 28 a quote, 184 a snapshot.</summary>
    /// <exception cref="ArgumentException">There is no such table.</exception>
    public static Workload Of(string table, WorkloadProfile profile) =>
        table switch
        {
            "trades" => new TradeWorkload(profile),
            "quotes" => new QuoteWorkload(profile),
            "snapshots" => new SnapshotWorkload(profile),
            _ => throw new ArgumentException($"There is no table {table}: {string.Join(", ", Tables)}", nameof(table)),
        };

    /// <summary>Name of the table, and the middle part of the metrics' names.</summary>
    public abstract string Name { get; }

    /// <summary>The declared columns.</summary>
    public abstract ColumnSchema[] Columns { get; }

    /// <summary>Sums over the first rows, computed from the arrays.</summary>
    public abstract RowChecksum Checksum(int rowCount);

    /// <summary>Sums over a batch of all declared columns, in order.</summary>
    public abstract RowChecksum Checksum(Batch batch);

    /// <summary>Rows generated.</summary>
    public int RowCount => rowCount;

    /// <summary>Names of the symbols, by the index that the rows hold.</summary>
    public string[] SymbolNames { get; } =
    [.. Enumerable.Range(0, profile.SymbolCount).Select(MarketProfile.SymbolName)];

    public TableSchema Schema => new(Name, Columns) { EventTimeColumn = 0, ClusterColumn = 1 };

    /// <summary>Ids of the symbols in a database's dictionary, by index.</summary>
    public int[] InternSymbols(ISymbolTable symbols) =>
        [.. SymbolNames.Select(n => symbols.Intern(System.Text.Encoding.UTF8.GetBytes(n)))];

    /// <summary>Fills an empty batch of the declared columns with rows, as a feed handler with columns would.</summary>
    public void Fill(Batch batch, int startRow, int count, int[] symbolIds)
    {
        FillColumns(batch, startRow, count, symbolIds);
        for (var i = 0; i < batch.ColumnCount; i++)
        {
            batch[i].SetRowCount(count);
        }

        batch.SetRowCount(count);
    }

    protected abstract void FillColumns(Batch batch, int startRow, int count, int[] symbolIds);

    protected static void MapSymbols(ReadOnlySpan<int> indexes, int[] symbolIds, Span<int> target)
    {
        for (var i = 0; i < indexes.Length; i++)
        {
            target[i] = symbolIds[indexes[i]];
        }
    }

    protected static void WidenCents(ReadOnlySpan<int> cents, Span<long> target)
    {
        // By vectors, because this is part of what an engine's clock sees.
        var i = 0;
        for (; i <= cents.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            Vector.Widen(new Vector<int>(cents[i..]), out var low, out var high);
            low.CopyTo(target[i..]);
            high.CopyTo(target[(i + Vector<long>.Count)..]);
        }

        for (; i < cents.Length; i++)
        {
            target[i] = cents[i];
        }
    }
}
