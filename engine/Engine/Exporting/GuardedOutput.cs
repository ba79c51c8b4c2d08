using TickStore.Core;

namespace TickStore.Engine.Exporting;

/// <summary>
/// The caller's stream, remembering the first error of its device: writers of formats wrap such errors in their own
/// ways, or native code does, and all of them are to reach the caller as the same one. Does not close the stream.
/// </summary>
internal sealed class GuardedOutput(Stream output) : Stream
{
    private const int NoSpaceErrno = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private IOException? firstError;

    public override bool CanRead => false;

    public override bool CanSeek => output.CanSeek;

    public override bool CanWrite => output.CanWrite;

    public override long Length => output.Length;

    public override long Position
    {
        get => output.Position;
        set => output.Position = value;
    }

    /// <summary>The error to show for what a writer threw, or null where the device is not at fault.</summary>
    public TickStoreException? ErrorOf(Exception thrown)
    {
        if ((firstError ?? thrown as IOException) is not { } error)
        {
            return null;
        }

        var where = output is FileStream file ? file.Name : "the output";
        var isFull = error.HResult is NoSpaceErrno or WindowsDiskFull;
        return new TickStoreException(
            isFull ? ErrorCode.DiskFull : ErrorCode.DeviceFailed,
            $"The export to {where} is not complete: {error.Message}{(isFull ? "; free space and repeat it" : string.Empty)}",
            error
        )
        {
            Location = where,
        };
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            output.Write(buffer);
        }
        catch (IOException e)
        {
            firstError ??= e;
            throw;
        }
    }

    public override void Flush()
    {
        try
        {
            output.Flush();
        }
        catch (IOException e)
        {
            firstError ??= e;
            throw;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => output.Seek(offset, origin);

    public override void SetLength(long value) => output.SetLength(value);

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("An export's output is not read.");
}
