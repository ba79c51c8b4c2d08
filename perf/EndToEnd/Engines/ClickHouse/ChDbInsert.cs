using System.Runtime.InteropServices;

namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>An INSERT that is fed piece by piece. What was not finished when it is disposed is given up.</summary>
internal sealed class ChDbInsert(nint handle) : IDisposable
{
    // A piece is copied into the library's queue as a whole: pieces of this size keep the copy in the cache.
    private const int PieceBytes = 1 << 20;
    private bool isFinished;

    /// <summary>Appends a column's values, or any other bytes.</summary>
    public void Append<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(PieceBytes, bytes.Length)];
            if (ChDbApi.Append(handle, piece, (nuint)piece.Length) != 0)
            {
                throw new InvalidOperationException(
                    $"ClickHouse: {Marshal.PtrToStringUTF8(ChDbApi.InsertError(handle)) ?? "the insert failed"}"
                );
            }

            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>Commits. Returns when the rows are in the table.</summary>
    public void Finish()
    {
        isFinished = true;
        using var _ = ChDbConnection.Check(ChDbApi.FinishInsert(handle));
    }

    public void Dispose()
    {
        if (!isFinished)
        {
            ChDbApi.CancelInsert(handle);
        }

        ChDbApi.DestroyInsert(handle);
    }
}
