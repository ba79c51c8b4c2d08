using TickStore.Core;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Data;

/// <summary>
/// Generated rows, held in memory as plain arrays so that no engine waits for the generator, and how they become columns
/// of a TickStore table.
/// </summary>
internal abstract class Workload(MarketProfile profile, int rowCount)
{
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
}
