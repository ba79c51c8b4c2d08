using TickStore.Engine.Exporting;
using TickStore.Engine.Importing;
using TickStore.Formats;

namespace TickStore;

/// <summary>Files in and out.</summary>
public sealed partial class TickDatabase
{
    /// <summary>
    /// Imports files into tables, which are made if they do not exist. A file that cannot be read leaves nothing behind;
    /// with a reject sink, batches that were acknowledged before an archive proved damaged stay, and so do those before
    /// a crash. Throws <see cref="Core.TickStoreException"/> naming file, line, column and value.
    /// </summary>
    public ImportReport Import(ImportOptions options, CancellationToken cancellationToken = default) =>
        new Importer(this, options).Run(cancellationToken);

    /// <summary>Writes all rows of a result in a format. The result and the stream stay the caller's.</summary>
    /// <param name="result">Read to its end.</param>
    /// <param name="format">One of <see cref="ExportFormats.All"/>.</param>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="progress">Called with the rows written so far, a batch at a time.</param>
    /// <returns>Rows written.</returns>
    /// <exception cref="Core.TickStoreException">DiskFull or DeviceFailed where the stream takes no more: what was written is not a whole
    /// file. Errors of the query.</exception>
    public static long Export(QueryResult result, IExportFormat format, Stream output, Action<long>? progress = null)
    {
        var guarded = new GuardedOutput(output);
        try
        {
            return Write(result, format, guarded, progress);
        }
        catch (Exception e) when (e is not Core.TickStoreException and not OperationCanceledException)
        {
            if (guarded.ErrorOf(e) is { } error)
            {
                throw error;
            }

            throw;
        }
    }

    private static long Write(QueryResult result, IExportFormat format, Stream output, Action<long>? progress)
    {
        using var writer = format.Create(result.Schema, result.Symbols, output);
        long rowCount = 0;
        while (result.Next() is { } batch)
        {
            writer.Write(batch);
            rowCount += batch.RowCount;
            progress?.Invoke(rowCount);
        }

        writer.Finish();
        return rowCount;
    }
}
