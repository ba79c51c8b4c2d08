using System.Buffers.Binary;
using System.IO.Hashing;
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Records;

namespace TickStore.Storage.Catalog;

/// <summary>
/// The dictionary on disk: a header, then blocks of symbols, appended at checkpoints. The manifest says how many bytes
/// count; what lies behind them is left over from a checkpoint that did not finish, and is written over.
/// <code>
/// "TSSYMBOL" | u32 version | u32 0 blocks: u32 symbols | u32 payload bytes | payload: symbols x (u16 bytes, UTF-8) |
/// u64 XXH3-64 of the block, seeded by its first id
/// </code>
/// </summary>
internal sealed class SymbolFile : IDisposable
{
    /// <summary>Name of the file in the database's folder.</summary>
    public const string FileName = "symbols";

    /// <summary>Bytes in front of the first block.</summary>
    public const int HeaderBytes = 16;

    private const uint Version = 1;
    private const int BlockHeaderBytes = 8;
    private const int BlockSymbolsMax = 1 << 16;

    private readonly IFile file;

    private SymbolFile(IFile file, int count, long lengthBytes) =>
        (this.file, Count, LengthBytes) = (file, count, lengthBytes);

    private static ReadOnlySpan<byte> Magic => "TSSYMBOL"u8;

    /// <summary>Symbols that are durable here.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that hold them.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Makes an empty file, durable but for its name.</summary>
    public static void Create(IFileSystem files, string path)
    {
        files.DeleteFile(path);
        using var file = files.Open(path, FileOpenMode.CreateNew);
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        file.WriteAt(header, 0);
        file.Sync();
    }

    /// <summary>Opens the file and reads the symbols that the manifest vouches for into the dictionary.</summary>
    public static SymbolFile Open(IFileSystem files, string path, SymbolTable symbols, int count, long lengthBytes)
    {
        if (!files.FileExists(path))
        {
            Throw.Corrupt(path, $"the file of the manifest's {count} symbols is missing");
        }

        var file = files.Open(path, FileOpenMode.ReadWrite);
        try
        {
            Load(file, path, symbols, count, lengthBytes);
            return new SymbolFile(file, count, lengthBytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds symbols up to (not including) an id, durably.</summary>
    public void AppendThrough(SymbolTable symbols, int endId)
    {
        if (endId <= Count)
        {
            return;
        }

        var at = LengthBytes;
        var writer = new ByteWriter();
        for (var first = Count; first < endId; )
        {
            var blockEnd = Math.Min(endId, first + BlockSymbolsMax);
            writer.Clear();
            writer.UInt32((uint)(blockEnd - first));
            writer.UInt32(PayloadBytes(symbols, first, blockEnd));
            for (var id = first; id < blockEnd; id++)
            {
                var utf8 = symbols.Utf8(id);
                writer.Byte((byte)utf8.Length);
                writer.Byte((byte)(utf8.Length >> 8));
                writer.Bytes(utf8);
            }

            writer.UInt64(XxHash3.HashToUInt64(writer.Written, first));
            file.WriteAt(writer.Written, at);
            at += writer.Length;
            first = blockEnd;
        }

        file.Sync();
        (Count, LengthBytes) = (endId, at);
    }

    /// <summary>Reads and verifies everything that counts.</summary>
    public void Check(string path) => Load(file, path, new SymbolTable(), Count, LengthBytes);

    public void Dispose() => file.Dispose();

    private static void Load(IFile file, string path, SymbolTable symbols, int count, long lengthBytes)
    {
        if (lengthBytes is < HeaderBytes or > int.MaxValue || file.Length < lengthBytes)
        {
            Throw.Corrupt(path, $"the manifest counts on {lengthBytes} bytes; the file has {file.Length}");
        }

        var bytes = new byte[lengthBytes];
        file.ReadExactly(bytes, 0);
        var reader = new ByteReader(bytes, path);
        if (!reader.Take(Magic.Length).SequenceEqual(Magic))
        {
            reader.Fail("this is not a symbol file");
        }

        var version = reader.UInt32();
        if (version == 0)
        {
            reader.Fail("a format version of 0");
        }

        if (version > Version)
        {
            throw new TickStoreException(
                ErrorCode.NewerFormat,
                $"{path} has format version {version}; this program reads up to {Version}"
            )
            {
                Location = path,
            };
        }

        if (reader.UInt32() != 0)
        {
            reader.Fail("bytes that version 1 leaves zero are not");
        }

        while (reader.Remaining > 0)
        {
            LoadBlock(ref reader, bytes, symbols);
        }

        if (symbols.Count != count)
        {
            reader.Fail($"{symbols.Count} symbols are here; the manifest counts on {count}");
        }
    }

    private static void LoadBlock(ref ByteReader reader, byte[] bytes, SymbolTable symbols)
    {
        var start = reader.Position;
        var count = reader.UInt32();
        var payloadBytes = reader.UInt32();
        reader.Take((int)Math.Min(payloadBytes, int.MaxValue));
        var hash = XxHash3.HashToUInt64(bytes.AsSpan(start, reader.Position - start), symbols.Count);
        if (reader.UInt64() != hash)
        {
            reader.Fail($"the checksum of the block at offset {start} does not hold");
        }

        var payload = new ByteReader(
            bytes.AsSpan(start + BlockHeaderBytes, (int)payloadBytes),
            "a block of the symbol file"
        );
        for (var i = 0u; i < count; i++)
        {
            var id = symbols.Count;
            if (symbols.Intern(payload.Take(payload.Byte() | (payload.Byte() << 8))) != id)
            {
                payload.Fail($"symbol {id} is there twice");
            }
        }

        payload.ExpectEnd();
    }

    private static uint PayloadBytes(SymbolTable symbols, int first, int end)
    {
        var bytes = 0u;
        for (var id = first; id < end; id++)
        {
            bytes += (uint)(sizeof(ushort) + symbols.Utf8(id).Length);
        }

        return bytes;
    }
}
