using Apache.Arrow;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore;

/// <summary>
/// The rows of a query, batch by batch as they are computed. Holds its snapshot until it is disposed of; disposing in the middle
/// stops the query. For one thread.
/// </summary>
public sealed class QueryResult : IDisposable
{
    private readonly IBatchReader reader;
    private readonly IDisposable? snapshot;

    internal QueryResult(
        BatchSchema schema,
        ISymbolTable symbols,
        IBatchReader reader,
        long sequence,
        IDisposable? snapshot
    )
    {
        Schema = schema;
        Symbols = symbols;
        Sequence = sequence;
        this.reader = reader;
        this.snapshot = snapshot;
    }

    /// <summary>Names and types of the columns.</summary>
    public BatchSchema Schema { get; }

    /// <summary>The dictionary that SYMBOL ids refer to.</summary>
    public ISymbolTable Symbols { get; }

    /// <summary>The <c>_seq</c> of the snapshot that the query sees.</summary>
    public long Sequence { get; }

    /// <summary>
    /// The next batch, on loan until the next call, or null at the end. Throws <see cref="TickStoreException"/> for what goes wrong while
    /// rows are computed.
    /// </summary>
    public Batch? Next() => reader.Next();

    /// <summary>The rest of the rows as Arrow record batches, which own their memory.</summary>
    public IEnumerable<RecordBatch> ToRecordBatches()
    {
        while (Next() is { } batch)
        {
            yield return ArrowExport.ToRecordBatch(batch, Symbols);
        }
    }

    /// <summary>
    /// The rest of the rows as text, NULL as null: for small results, tests and terminals. O(rows) memory.
    /// </summary>
    public IReadOnlyList<string?[]> ToTextRows()
    {
        var rows = new List<string?[]>();
        while (Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                var texts = new string?[batch.ColumnCount];
                for (var i = 0; i < texts.Length; i++)
                {
                    texts[i] = VectorTextWriter.ToText(batch[i], row, Symbols);
                }

                rows.Add(texts);
            }
        }

        return rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reader.Dispose();
        snapshot?.Dispose();
    }
}
