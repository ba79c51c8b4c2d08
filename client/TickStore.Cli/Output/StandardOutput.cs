using Microsoft.Win32.SafeHandles;

namespace TickStore.Cli;

/// <summary>The reader of our output has gone away.</summary>
internal sealed class OutputClosedException : Exception;

/// <summary>
/// Standard output as a stream that says when its reader is gone: the console's own stream ignores that, so that a
/// query piped into <c>head</c> would run to its end.
/// </summary>
internal sealed class StandardOutput : Stream
{
    private const int BrokenPipeError = 32;

    private readonly Stream inner;

    private StandardOutput(Stream inner) => this.inner = inner;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens standard output, unbuffered. Disposing of the stream leaves it open.</summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // A FileStream writes to a regular file at offsets of its own, and would overwrite what other processes
        // append to it.
        return direct.CanSeek ? Console.OpenStandardOutput() : new StandardOutput(direct);
    }

    /// <summary>Standard output for text: UTF-8, buffered, so that it must be flushed.</summary>
    public static StreamWriter OpenText() => new(Open(), bufferSize: 1 << 15) { NewLine = "\n" };

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (IOException error) when (error.HResult == BrokenPipeError)
        {
            throw new OutputClosedException();
        }
    }

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
