using System.Text;
using TickStore.Core;
using TickStore.Formats;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>
/// Rows of a replay as one Arrow IPC stream with the columns of <see cref="ReplayColumns"/>, NULL where a table has
/// none.
/// </summary>
internal sealed class ReplayArrow : IReplayOutput
{
    private const int BatchRows = 8192;

    private readonly ReplayColumns columns;
    private readonly byte[][] names;
    private readonly Batch pending;
    private readonly IExportWriter writer;
    private readonly Stream output;

    public ReplayArrow(IReadOnlyList<TableSchema> tables, ISymbolTable symbols, BlockPool pool, Stream output)
    {
        this.output = output;
        columns = new ReplayColumns(tables);
        names = [.. tables.Select(t => Encoding.UTF8.GetBytes(t.Name))];
        pending = Batch.Allocate(columns.Schema, BatchRows, pool);
        writer = ExportFormats.Find("arrow-stream").Create(columns.Schema, symbols, output);
    }

    /// <inheritdoc/>
    public void Write(ReplayBlock block)
    {
        foreach (var run in block.Runs)
        {
            Append(block.TableBatch(run.Table), run, columns.SourcesOf(run.Table));
            if (pending.RowCount >= BatchRows)
            {
                Flush();
            }
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (pending.RowCount > 0)
        {
            writer.Write(pending);
            pending.Clear();
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        Flush();
        writer.Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        pending.Dispose();
    }

    private void Append(Batch batch, ReplayRun run, ReadOnlySpan<int> sources)
    {
        var at = pending.RowCount;
        var rowCount = at + run.RowCount;
        for (var row = at; row < rowCount; row++)
        {
            pending[0].AppendUtf8(names[run.Table]);
        }

        VectorCopy.AppendRange(batch[batch.ColumnCount - 2], run.StartRow, run.RowCount, pending[1]);
        for (var i = ReplayColumns.FirstTableColumn; i < sources.Length; i++)
        {
            if (sources[i] >= 0)
            {
                VectorCopy.AppendRange(batch[sources[i]], run.StartRow, run.RowCount, pending[i]);
                continue;
            }

            for (var row = 0; row < run.RowCount; row++)
            {
                pending[i].AppendNull();
            }
        }

        pending.SetRowCount(rowCount);
    }
}
