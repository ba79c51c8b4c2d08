namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>A SELECT whose result is fetched piece by piece.</summary>
internal sealed class ChDbStream(ChDbConnection connection, ChDbResult stream) : IDisposable
{
    /// <summary>The next piece, to be disposed by the caller, or null at the end.</summary>
    public ChDbResult? Next()
    {
        var chunk = connection.Fetch(stream.Handle);
        if (!chunk.Bytes.IsEmpty)
        {
            return chunk;
        }

        chunk.Dispose();
        return null;
    }

    public void Dispose() => stream.Dispose();
}
