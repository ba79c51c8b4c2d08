using Apache.Arrow;
using TickStore.Core;
using TickStore.Storage;

namespace TickStore;

/// <summary>Writing: commits, appenders, sources.</summary>
public sealed partial class TickDatabase
{
    /// <summary>
    /// Commits rows to one table, as a whole. They are checked first; a commit that is refused changes nothing.
    /// </summary>
    /// <param name="table">The table's name.</param>
    /// <param name="rows">The declared columns, in order; on loan for the call.</param>
    /// <param name="source">Who writes, or null for nobody in particular.</param>
    /// <param name="durability">What to wait for; null for the database's default.</param>
    public CommitResult Commit(string table, Batch rows, IngestSource? source = null, Durability? durability = null) =>
        Storage.Commit(new TableBatch(TableOf(table), rows), source, durability);

    /// <summary>Commits rows to several tables: visible together, and after a crash all there or none.</summary>
    public CommitResult Commit(
        IReadOnlyList<(string Table, Batch Rows)> batches,
        IngestSource? source = null,
        Durability? durability = null
    )
    {
        var named = new TableBatch[batches.Count];
        for (var i = 0; i < named.Length; i++)
        {
            named[i] = new TableBatch(TableOf(batches[i].Table), batches[i].Rows);
        }

        return Storage.Commit(named, source, durability);
    }

    /// <summary>
    /// Begins a source: a feed (<paramref name="isLive"/>) or an import. Lateness is judged by source. Dispose of it at its end.
    /// </summary>
    public IngestSource OpenSource(string name, bool isLive = false) => Storage.OpenSource(name, isLive);

    /// <summary>An appender of columns: batches and Arrow record batches. Dispose of it to commit what is left.</summary>
    public TableAppender CreateAppender(string table, AppenderOptions? options = null) =>
        new(this, TableOf(table), options ?? new AppenderOptions());

    /// <summary>
    /// An appender of rows of a .NET type, whose properties match the table's columns by name, ignoring case and underscores. Dispose of
    /// it to commit what is left.
    /// </summary>
    public RowAppender<T> CreateAppender<T>(string table, AppenderOptions? options = null) =>
        new(CreateAppender(table, options));

    /// <summary>Copies an Arrow record batch into a table's columns, matched by name. The caller disposes of the batch.</summary>
    internal Batch FromArrow(RecordBatch rows, TableSchema schema) =>
        Formats.ArrowImport.ToBatch(rows, schema, Symbols, Pool);
}
