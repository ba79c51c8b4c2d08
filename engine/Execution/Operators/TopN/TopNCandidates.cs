using TickStore.Core;

namespace TickStore.Execution;

/// <summary>One thread's candidates: the input's columns, computed keys, and each row's place in the input.</summary>
internal sealed class TopNCandidates : IDisposable
{
    private readonly QueryRun run;
    private readonly RowLayout layout;
    private readonly BatchSchema schema;
    private readonly ExpressionSet computed;
    private readonly Selection selection = new();
    private readonly int wantedRows;
    private readonly int cutRows;
    private readonly int placeColumn;
    private ulong[] codes = new ulong[Batch.VectorRows];
    private byte[] flags = new byte[Batch.VectorRows];
    private Batch? rows;
    private ulong threshold;
    private bool hasThreshold;

    public TopNCandidates(TopNNode node, BatchSchema input, QueryRun run, int wantedRows)
    {
        this.run = run;
        this.wantedRows = wantedRows;
        cutRows = (int)Math.Min(int.MaxValue / 2, (2L * wantedRows) + (4 * Batch.VectorRows));
        layout = new RowLayout(input);
        var keys = layout.Add(node.Keys);
        placeColumn = layout.Schema.ColumnCount;
        schema = new BatchSchema([.. layout.Schema.Columns, new ColumnSchema("#place", DataType.BigInt, false)]);
        Keys = [.. keys, new SortColumn(placeColumn)];
        computed = new ExpressionSet(layout.Computed, run.Context);
    }

    /// <summary>The wanted order, with the place as the last key.</summary>
    public SortColumn[] Keys { get; }

    /// <summary>Adds the rows of a morsel.</summary>
    public void AddMorsel(int morsel, IBatchReader reader)
    {
        var place = (long)morsel << 40;
        while (reader.Next() is { } batch)
        {
            run.ThrowIfCancelled();
            Add(batch, place);
            place += batch.RowCount;
        }
    }

    /// <summary>Gives the candidates away.</summary>
    public Batch TakeRows()
    {
        var taken = rows ?? Batch.Allocate(schema, 1, run.Pool);
        rows = null;
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        computed.Dispose();
        rows?.Dispose();
    }

    private void Add(Batch batch, long place)
    {
        rows ??= Batch.Allocate(schema, Batch.VectorRows, run.Pool);
        var vectors = computed.Evaluate(batch);
        Select(batch, vectors);
        var chosen = selection.Rows;
        if (chosen.IsEmpty)
        {
            return;
        }

        var at = rows.RowCount;
        for (var i = 0; i < layout.InputColumnCount; i++)
        {
            VectorCopy.AppendGather(batch[i], chosen, rows[i]);
        }

        for (var i = 0; i < vectors.Length; i++)
        {
            VectorCopy.AppendGather(vectors[i], chosen, rows[layout.InputColumnCount + i]);
        }

        var places = rows[placeColumn];
        places.EnsureCapacity(at + chosen.Length);
        var target = places.Writable<long>()[at..];
        for (var i = 0; i < chosen.Length; i++)
        {
            target[i] = place + chosen[i];
        }

        places.SetRowCount(at + chosen.Length);
        rows.SetRowCount(at + chosen.Length);
        if (rows.RowCount >= cutRows)
        {
            Cut();
        }
    }

    // Keeps rows that may still be among the wanted ones, judged by the first key; NULLs are always kept.
    private void Select(Batch batch, ReadOnlySpan<ColumnVector> vectors)
    {
        var rowCount = batch.RowCount;
        if (!hasThreshold)
        {
            selection.SelectAll(rowCount);
            return;
        }

        var key = Keys[0];
        var column =
            key.Column < layout.InputColumnCount ? batch[key.Column] : vectors[key.Column - layout.InputColumnCount];
        codes = codes.Length < rowCount ? new ulong[rowCount] : codes;
        flags = flags.Length < rowCount ? new byte[rowCount] : flags;
        SortCodes.WriteAbsolute(column, codes);
        var turn = key.Descending ? ulong.MaxValue : 0;
        for (var i = 0; i < rowCount; i++)
        {
            flags[i] = (codes[i] ^ turn) <= threshold || column.IsNull(i) ? (byte)1 : (byte)0;
        }

        selection.SelectWhere(flags.AsSpan(0, rowCount));
    }

    private void Cut()
    {
        using var order = RowSort.Order(rows!, Keys, run.Context.Symbols, run.Pool);
        var best = order.Span[..Math.Min(wantedRows, rows!.RowCount)];
        var kept = Batch.Allocate(schema, cutRows < 1 << 16 ? cutRows + Batch.VectorRows : best.Length, run.Pool);
        try
        {
            kept.AppendGather(rows, best);
        }
        catch
        {
            kept.Dispose();
            throw;
        }

        rows.Dispose();
        rows = kept;
        var column = rows[Keys[0].Column];
        hasThreshold = SortCodes.AreAbsolute(column.Type) && !column.IsNull(best.Length - 1);
        if (hasThreshold)
        {
            using var last = new LeasedArray<ulong>(rows.RowCount, run.Pool);
            SortCodes.WriteAbsolute(column, last.Span);
            threshold = last.Span[best.Length - 1] ^ (Keys[0].Descending ? ulong.MaxValue : 0);
        }
    }
}
