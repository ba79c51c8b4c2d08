using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>Rows that are found by their key, as SQL compares it, and compared bit by bit. One thread at a time.</summary>
public sealed class KeyedRowSet : IDisposable
{
    private readonly RowKeys keys;
    private readonly Dictionary<byte[], int> index = new(RowKeyComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> lookup;
    private readonly List<bool> seen = [];
    private readonly int[] one = new int[1];

    /// <summary>Makes an empty set.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="keyColumns">The columns that tell rows apart.</param>
    /// <param name="pool">Lends the memory.</param>
    public KeyedRowSet(BatchSchema schema, IReadOnlyList<int> keyColumns, BlockPool pool)
    {
        keys = new RowKeys(keyColumns);
        lookup = index.GetAlternateLookup<ReadOnlySpan<byte>>();
        Rows = Batch.Allocate(schema, 64, pool);
    }

    /// <summary>The rows, in the order in which they were added.</summary>
    public Batch Rows { get; }

    /// <summary>Copies a row whose key is not there yet.</summary>
    public void Add(Batch source, int row)
    {
        lookup[keys.Of(source, row)] = Rows.RowCount;
        one[0] = row;
        Rows.AppendGather(source, one);
        seen.Add(false);
    }

    /// <summary>The index of the row with the key of another one, or -1.</summary>
    public int Find(Batch source, int row) => lookup.TryGetValue(keys.Of(source, row), out var found) ? found : -1;

    /// <summary>True where all columns hold the same bits.</summary>
    public bool IsEqual(int index, Batch source, int row) => VectorEquality.HasSameBits(Rows, index, source, row);

    /// <summary>Notes that a row was found.</summary>
    public void MarkSeen(int index) => seen[index] = true;

    /// <summary>True where a row was found.</summary>
    public bool IsSeen(int index) => seen[index];

    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();
}
