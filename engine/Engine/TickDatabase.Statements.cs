using TickStore.Core;
using TickStore.Execution;
using TickStore.Formats;

namespace TickStore;

/// <summary>What statements of a query language need, in terms of Core and Execution only.</summary>
public sealed partial class TickDatabase
{
    /// <summary>
    /// Runs a plan and commits its rows to a table, all or none. New texts in SYMBOL columns are added to the
    /// dictionary.
    /// </summary>
    /// <param name="table">The table's name.</param>
    /// <param name="plan">Yields the table's declared columns, in order and of their types.</param>
    /// <param name="cancellationToken">Stops the query at the next batch; nothing is committed then.</param>
    /// <returns>Rows, and the <c>_seq</c> of the last one; the last committed sequence where there are no
    /// rows.</returns>
    public (long RowCount, long LastSequence) Insert(
        string table,
        PlanNode plan,
        CancellationToken cancellationToken = default
    )
    {
        var schema = TableOf(table).Schema.ToBatchSchema();
        var query = CreateContext(plan, null, cancellationToken);
        var context = new EvaluationContext
        {
            Symbols = query.Symbols,
            Pool = query.Pool,
            CancellationToken = cancellationToken,
            NowNanos = query.NowNanos,
            Watermarks = query.Watermarks,
            HasRowBeyond = query.HasRowBeyond,
            InternSymbols = true,
        };
        using var rows = Batch.Allocate(schema, Batch.VectorRows, query.Pool);
        using (var reader = PlanExecutor.Open(plan, context, threadCount: 1))
        {
            while (reader.Next() is { } batch)
            {
                rows.AppendRange(batch, 0, batch.RowCount);
            }
        }

        return rows.RowCount == 0 ? (0, CommittedSequence) : (rows.RowCount, Commit(table, rows).LastSequence);
    }

    /// <summary>
    /// Writes the rest of a result to a file, which appears under its name once it is complete. Throws InvalidArgument
    /// where the file cannot be written, and UnknownName for a format there is not.
    /// </summary>
    /// <param name="result">Read to its end; stays the caller's.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="format">Name of the format, or null to go by the path's ending.</param>
    /// <returns>Rows written.</returns>
    public static long ExportToFile(QueryResult result, string path, string? format = null)
    {
        var chosen = format is null
            ? ExportFormats.FindByExtension(path) ?? ExportFormats.Find(Path.GetExtension(path).TrimStart('.'))
            : ExportFormats.Find(format);
        var partial = path + ".partial";
        try
        {
            long rowCount;
            using (var file = File.Create(partial))
            {
                rowCount = Export(result, chosen, file);
            }

            File.Move(partial, path, overwrite: true);
            return rowCount;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TickStoreException(ErrorCode.InvalidArgument, $"{path} cannot be written: {error.Message}", error)
            {
                Location = path,
            };
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
