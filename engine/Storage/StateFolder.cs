using System.Buffers.Binary;
using System.IO.Hashing;
using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Storage;

/// <summary>
/// Files in which something that can be computed again is kept so that it need not be: the state of a view at a sequence. A file is
/// replaced as a whole, durably, and carries its length and a checksum (XxHash3), which is verified before a byte of it is given out. See
/// docs/format/views.md.
/// </summary>
public sealed class StateFolder
{
    /// <summary>Name of the folder below the database's.</summary>
    public const string FolderName = "views";

    private const string Suffix = ".state";
    private const int BufferBytes = 1 << 16;
    private const int HeaderBytes = 24;
    private static ReadOnlySpan<byte> Magic => "TSVIEW01"u8;

    private readonly IFileSystem files;
    private readonly string folder;

    internal StateFolder(IFileSystem files, string databaseFolder)
    {
        this.files = files;
        folder = Path.Combine(databaseFolder, FolderName);
    }

    /// <summary>Replaces the state of a name, durably. An error leaves what was there before.</summary>
    /// <param name="name">Any text; it is escaped to a file name.</param>
    /// <param name="body">Writes the state.</param>
    public void Write(string name, Action<Stream> body)
    {
        files.CreateDirectory(folder);
        var path = PathOf(name);
        var temporary = path + ".tmp";
        files.DeleteFile(temporary);
        try
        {
            using (var file = files.Open(temporary, FileOpenMode.CreateNew))
            {
                using var stream = new WritingStream(file);
                body(stream);
                stream.Finish();
                file.Sync();
            }

            files.Rename(temporary, path);
            files.SyncDirectory(folder);
        }
        catch
        {
            files.DeleteFile(temporary);
            throw;
        }
    }

    /// <summary>
    /// Opens the state of a name, after its checksum was verified; null where there is none. Throws Corruption, naming
    /// the file, where it is damaged. The caller disposes of the stream.
    /// </summary>
    public Stream? TryOpen(string name)
    {
        var path = PathOf(name);
        return files.FileExists(path) ? Open(path) : null;
    }

    /// <summary>Forgets the state of a name, if there is one.</summary>
    public void Delete(string name)
    {
        if (files.FileExists(PathOf(name)))
        {
            files.DeleteFile(PathOf(name));
            files.SyncDirectory(folder);
        }
    }

    /// <summary>Paths of all files.</summary>
    internal IReadOnlyList<string> Paths =>
        files.DirectoryExists(folder)
            ?
            [
                .. files
                    .ListFiles(folder)
                    .Where(f => f.EndsWith(Suffix, StringComparison.Ordinal))
                    .Select(f => Path.Combine(folder, f)),
            ]
            : [];

    /// <summary>Verifies a file. Throws Corruption.</summary>
    internal void Check(string path) => Open(path).Dispose();

    private ReadingStream Open(string path)
    {
        var file = files.Open(path, FileOpenMode.Read);
        try
        {
            Span<byte> header = stackalloc byte[HeaderBytes];
            file.ReadExactly(header, 0);
            var lengthBytes = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
            if (!header[..8].SequenceEqual(Magic) || lengthBytes < 0 || lengthBytes != file.Length - HeaderBytes)
            {
                Throw.Corrupt(path, "this is no state of a view, or not all of it");
            }

            var hash = new XxHash3();
            var buffer = new byte[BufferBytes];
            for (var at = 0L; at < lengthBytes; )
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, lengthBytes - at));
                file.ReadExactly(part, HeaderBytes + at);
                hash.Append(part);
                at += part.Length;
            }

            if (hash.GetCurrentHashAsUInt64() != BinaryPrimitives.ReadUInt64LittleEndian(header[16..]))
            {
                Throw.Corrupt(path, "the checksum does not fit the bytes");
            }

            return new ReadingStream(file, lengthBytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Names of views may hold what names of files must not, differ in case only, and be longer.
    private string PathOf(string name)
    {
        var hash = XxHash128.Hash(System.Text.Encoding.UTF8.GetBytes(name.ToLowerInvariant()));
        return Path.Combine(folder, Convert.ToHexStringLower(hash) + Suffix);
    }

    private sealed class WritingStream(IFile file) : Stream
    {
        private readonly byte[] buffer = new byte[BufferBytes];
        private readonly XxHash3 hash = new();
        private int used;
        private long written;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => written + used;

        public override long Position
        {
            get => Length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var part = bytes[..Math.Min(bytes.Length, buffer.Length - used)];
                part.CopyTo(buffer.AsSpan(used));
                used += part.Length;
                bytes = bytes[part.Length..];
                if (used == buffer.Length)
                {
                    Flush();
                }
            }
        }

        public override void Write(byte[] bytes, int offset, int count) => Write(bytes.AsSpan(offset, count));

        public override void Flush()
        {
            var part = buffer.AsSpan(0, used);
            hash.Append(part);
            file.WriteAt(part, HeaderBytes + written);
            (written, used) = (written + used, 0);
        }

        public void Finish()
        {
            Flush();
            Span<byte> header = stackalloc byte[HeaderBytes];
            Magic.CopyTo(header);
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], written);
            BinaryPrimitives.WriteUInt64LittleEndian(header[16..], hash.GetCurrentHashAsUInt64());
            file.WriteAt(header, 0);
        }

        public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    private sealed class ReadingStream(IFile file, long lengthBytes) : Stream
    {
        private readonly byte[] buffer = new byte[BufferBytes];
        private long position;
        private long bufferStart;
        private int bufferLength;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => lengthBytes;

        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> target)
        {
            if (position == bufferStart + bufferLength)
            {
                bufferStart = position;
                bufferLength = (int)Math.Min(buffer.Length, lengthBytes - position);
                file.ReadExactly(buffer.AsSpan(0, bufferLength), HeaderBytes + position);
            }

            var from = buffer.AsSpan((int)(position - bufferStart), bufferLength - (int)(position - bufferStart));
            var count = Math.Min(from.Length, target.Length);
            from[..count].CopyTo(target);
            position += count;
            return count;
        }

        public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));

        public override void Flush() { }

        public override void Write(byte[] bytes, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
}
