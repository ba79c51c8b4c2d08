namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>A result or a piece of one, in memory that the library owns until this is disposed.</summary>
internal sealed class ChDbResult(nint handle) : IDisposable
{
    internal nint Handle => handle;

    /// <summary>The bytes in the format that was asked for. At most 2 GB.</summary>
    public unsafe ReadOnlySpan<byte> Bytes =>
        new((void*)ChDbApi.ResultBuffer(handle), checked((int)ChDbApi.ResultBytes(handle)));

    public void Dispose() => ChDbApi.DestroyResult(handle);
}
