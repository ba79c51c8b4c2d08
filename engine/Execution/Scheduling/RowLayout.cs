using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The columns of rows that an operator keeps: those of its input, then the expressions that it needs beside them. An
/// expression that is a plain column takes no space of its own.
/// </summary>
internal sealed class RowLayout(BatchSchema input)
{
    private readonly List<ColumnSchema> columns = [.. input.Columns];
    private readonly List<BoundExpression> computed = [];

    /// <summary>All columns.</summary>
    public BatchSchema Schema => new([.. columns]);

    /// <summary>Columns of the input, which come first.</summary>
    public int InputColumnCount => input.ColumnCount;

    /// <summary>The expressions that stand behind the input's columns.</summary>
    public IReadOnlyList<BoundExpression> Computed => computed;

    /// <summary>The column that holds <paramref name="expression"/>, which is added unless it is there.</summary>
    public int Add(BoundExpression expression)
    {
        if (expression is ColumnExpression column)
        {
            return column.Index;
        }

        var index = computed.IndexOf(expression);
        if (index < 0)
        {
            index = computed.Count;
            computed.Add(expression);
            columns.Add(new ColumnSchema($"#{index}", expression.Type, expression.Nullable));
        }

        return input.ColumnCount + index;
    }

    /// <summary>As <see cref="Add(BoundExpression)"/>, for several.</summary>
    public int[] Add(IEnumerable<BoundExpression> expressions) => [.. expressions.Select(Add)];

    /// <summary>As <see cref="Add(BoundExpression)"/>, for the keys of an order.</summary>
    public SortColumn[] Add(IEnumerable<SortKey> keys) =>
        [.. keys.Select(k => new SortColumn(Add(k.Expression), k.Descending, k.NullsFirst))];
}

/// <summary>Appends batches of the input to rows of a <see cref="RowLayout"/>; for one thread.</summary>
internal sealed class RowAppender(RowLayout layout, EvaluationContext context) : IDisposable
{
    private readonly ExpressionSet computed = new(layout.Computed, context);

    /// <summary>Appends all rows of <paramref name="source"/>.</summary>
    public void Append(Batch source, Batch target)
    {
        for (var i = 0; i < layout.InputColumnCount; i++)
        {
            VectorCopy.AppendRange(source[i], 0, source.RowCount, target[i]);
        }

        var vectors = computed.Evaluate(source);
        for (var i = 0; i < vectors.Length; i++)
        {
            VectorCopy.AppendRange(vectors[i], 0, source.RowCount, target[layout.InputColumnCount + i]);
        }

        target.SetRowCount(target.RowCount + source.RowCount);
    }

    /// <inheritdoc/>
    public void Dispose() => computed.Dispose();
}

/// <summary>Keeps all rows of an input in memory.</summary>
internal static class RowCollector
{
    /// <summary>
    /// All rows of a prepared operator in order, read on as many threads as are worth it; the caller disposes of them.
    /// </summary>
    public static Batch CollectAll(QueryRun run, PhysicalOperator input, RowLayout layout)
    {
        var workerCount = run.WorkersFor(input);
        var schema = layout.Schema;
        var pieces = new Batch?[workerCount == 1 ? 1 : input.MorselCount];
        try
        {
            run.ForEachMorsel(
                input,
                workerCount,
                (_, morsel, reader) =>
                {
                    ref var piece = ref pieces[workerCount == 1 ? 0 : morsel];
                    piece ??= Batch.Allocate(schema, Batch.VectorRows, run.Pool);
                    Append(run, reader, layout, piece);
                }
            );
            var all = pieces[0] ??= Batch.Allocate(schema, 1, run.Pool);
            for (var i = 1; i < pieces.Length; i++)
            {
                if (pieces[i] is { } piece)
                {
                    all.AppendRange(piece, 0, piece.RowCount);
                    piece.Dispose();
                    pieces[i] = null;
                }
            }

            pieces[0] = null;
            return all;
        }
        finally
        {
            foreach (var piece in pieces)
            {
                piece?.Dispose();
            }
        }
    }

    /// <summary>Appends all rows of one morsel.</summary>
    public static void Append(QueryRun run, IBatchReader reader, RowLayout layout, Batch target)
    {
        using var appender = new RowAppender(layout, run.Context);
        while (reader.Next() is { } batch)
        {
            run.ThrowIfCancelled();
            appender.Append(batch, target);
        }
    }
}
