using TickStore.Core;
using TickStore.Engine.Catalog;
using TickStore.Formats;
using TickStore.Storage;

namespace TickStore.Engine.Importing;

/// <summary>
/// Reads files into tables. Without a reject sink it goes through the files twice: the first pass commits nothing and
/// finds any row that cannot be read, so that a bad file leaves no trace, however large it is.
/// </summary>
internal sealed class Importer(TickDatabase database, ImportOptions options)
{
    // Commits that wait for the device while the next batches are read.
    private const int CommitsInFlightMax = 8;

    private readonly Queue<Task<CommitResult>> inFlight = new();
    private readonly List<string> madeTables = [];
    private long lateRows;
    private long lastSequence;

    public ImportReport Run(CancellationToken cancellationToken)
    {
        var clock = database.Clock;
        var started = clock.GetTimestamp();
        try
        {
            if (options.Rejects is null)
            {
                Check(cancellationToken);
            }

            using var rejected = options.Rejects is null
                ? null
                : new RejectedRows(database, options.Table, options.Rejects);
            using var reader = Open(rejected);
            var tables = TablesOf(reader);
            var rowCounts = Append(reader, tables, cancellationToken);
            var report = new ImportReport(
                [.. tables.Select((t, i) => (t.Name, rowCounts[i]))],
                reader.RowsRejected,
                lateRows,
                lastSequence,
                clock.GetElapsedTime(started).TotalSeconds
            );
            return report;
        }
        catch when (lastSequence == 0)
        {
            DropMadeTables();
            throw;
        }
    }

    private void DropMadeTables()
    {
        try
        {
            foreach (var table in madeTables)
            {
                database.DropTable(table);
            }
        }
        catch (TickStoreException)
        {
            // A handle that has failed drops nothing; what failed first is the error that the caller is to see.
        }
    }

    private void Check(CancellationToken cancellationToken)
    {
        using var reader = Open(null);
        var tables = TablesOf(reader);
        while (reader.TryRead(out var batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            database.Storage.Validate(new TableBatch(tables[batch.StreamIndex], batch.Rows));
            options.Progress?.Invoke(new(true, reader.BytesRead, reader.BytesTotal, reader.RowsRead));
        }
    }

    private long[] Append(IImportReader reader, StorageTable[] tables, CancellationToken cancellationToken)
    {
        var rowCounts = new long[tables.Length];
        long rejectedSoFar = 0;
        using var source = database.OpenSource($"import of {Path.GetFileName(options.Files[0])}");
        while (reader.TryRead(out var batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = new TableBatch(tables[batch.StreamIndex], batch.Rows)
            {
                RejectedRows = reader.RowsRejected - rejectedSoFar,
            };
            rejectedSoFar = reader.RowsRejected;
            Commit(rows, source);
            rowCounts[batch.StreamIndex] += batch.Rows.RowCount;
            options.Progress?.Invoke(new(false, reader.BytesRead, reader.BytesTotal, reader.RowsRead));
        }

        if (reader.RowsRejected > rejectedSoFar && tables.Length > 0)
        {
            using var none = Batch.Allocate(tables[0].Schema.ToBatchSchema(), 1, database.Pool);
            Commit(new TableBatch(tables[0], none) { RejectedRows = reader.RowsRejected - rejectedSoFar }, source);
        }

        while (inFlight.Count > 0)
        {
            AwaitOldest();
        }

        return rowCounts;
    }

    private void Commit(TableBatch rows, IngestSource source)
    {
        var commit = database.Storage.CommitAsync(new ReadOnlySpan<TableBatch>(in rows), source, Durability.Fsync);
        inFlight.Enqueue(commit.AsTask());
        while (inFlight.Count > CommitsInFlightMax)
        {
            AwaitOldest();
        }
    }

    private void AwaitOldest()
    {
        var commit = inFlight.Dequeue().GetAwaiter().GetResult();
        lateRows += commit.LateRows;
        lastSequence = commit.LastSequence;
        options.Acknowledged?.Invoke(commit);
    }

    private IImportReader Open(IRejectSink? rejects) =>
        ImportFormats.Open(
            options.Format,
            new ImportRequest
            {
                Files = options.Files,
                TableName = options.Table,
                Symbols = database.Symbols,
                Pool = database.Pool,
                MapFile = options.MapFile,
                CsvHasHeader = options.CsvHasHeader,
                Rejects = rejects,
                FindTable = database.FindTable,
            }
        );

    private StorageTable[] TablesOf(IImportReader reader) => [.. reader.Streams.Select(s => TableOf(s.Schema))];

    private StorageTable TableOf(TableSchema wanted)
    {
        if (database.Storage.FindTable(wanted.Name) is not { } table)
        {
            database.CreateTable(wanted);
            madeTables.Add(wanted.Name);
            return database.TableOf(wanted.Name);
        }

        var columns = table.Schema.Columns;
        var same =
            columns.Count == wanted.Columns.Count
            && columns
                .Zip(wanted.Columns)
                .All(p =>
                    p.First.Type == p.Second.Type
                    && string.Equals(p.First.Name, p.Second.Name, StringComparison.OrdinalIgnoreCase)
                );
        if (!same)
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"Table {table.Name} has the columns ({Describe(columns)}), and the import yields ({Describe(wanted.Columns)})"
            );
        }

        return table;
    }

    private static string Describe(IReadOnlyList<ColumnSchema> columns) =>
        string.Join(", ", columns.Select(c => $"{c.Name} {c.Type}"));
}
