using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// What all readers share: a batch a stream that fills up, and is handed out when one of them is full. Then all
/// streams that have rows are handed out, so that tables fed side by side advance together.
/// </summary>
internal abstract class ImportReader : IImportReader
{
    /// <summary>Rows at which a batch is handed out.</summary>
    protected const int BatchRows = 32_768;

    private readonly Batch[] batches;
    private int nextStream;
    private bool isEnded;
    private bool isHandingOut;

    protected ImportReader(ImportRequest request, IReadOnlyList<ImportStream> streams)
    {
        Request = request;
        Streams = streams;
        batches = new Batch[streams.Count];
        foreach (var path in request.Files)
        {
            BytesTotal += FileStreams.LengthBytes(path);
        }

        for (var i = 0; i < batches.Length; i++)
        {
            batches[i] = Batch.Allocate(streams[i].Schema.ToBatchSchema(), BatchRows, request.Pool);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ImportStream> Streams { get; }

    /// <inheritdoc/>
    public abstract long BytesRead { get; }

    /// <inheritdoc/>
    public long BytesTotal { get; }

    /// <inheritdoc/>
    public long RowsRead { get; private set; }

    /// <inheritdoc/>
    public long RowsRejected { get; private set; }

    protected ImportRequest Request { get; }

    /// <inheritdoc/>
    public bool TryRead(out ImportBatch batch)
    {
        while (true)
        {
            while (isHandingOut && nextStream < batches.Length)
            {
                var stream = nextStream++;
                if (batches[stream].RowCount > 0)
                {
                    RowsRead += batches[stream].RowCount;
                    batch = new ImportBatch(stream, batches[stream]);
                    return true;
                }
            }

            if (isHandingOut)
            {
                Array.ForEach(batches, b => b.Clear());
                isHandingOut = false;
            }

            if (isEnded)
            {
                batch = default;
                return false;
            }

            while (!isEnded && !isHandingOut)
            {
                isEnded = !Fill();
                foreach (var filled in batches)
                {
                    isHandingOut |= filled.RowCount >= BatchRows;
                }
            }

            isHandingOut = true;
            nextStream = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(batches, b => b.Dispose());
        DisposeInput();
        isEnded = true;
    }

    /// <summary>Appends some rows to the batches of some streams.</summary>
    /// <returns>False where the input has ended.</returns>
    protected abstract bool Fill();

    protected abstract void DisposeInput();

    protected Batch BatchOf(int stream) => batches[stream];

    /// <summary>Puts another batch of the same schema in the place of a stream's, which is disposed of.</summary>
    protected void Replace(int stream, Batch batch)
    {
        batches[stream].Dispose();
        batches[stream] = batch;
    }

    /// <summary>Hands a bad row to the sink, or stops the import where there is none.</summary>
    protected void Reject(string location, long line, string reason, ReadOnlySpan<byte> rawLine)
    {
        if (Request.Rejects is null)
        {
            throw FileStreams.Malformed($"{location}, line {line:N0}", reason);
        }

        RowsRejected++;
        Request.Rejects.Reject(location, line, reason, rawLine);
    }
}
