using System.Buffers.Binary;
using System.IO.Hashing;
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Head;
using TickStore.Storage.Ingest;
using TickStore.Storage.Records;

namespace TickStore.Storage.Catalog;

/// <summary>
/// The database as of one place in the log, without its rows: written whole at each checkpoint, by temporary file and
/// rename. <c>docs/format/manifest.md</c> draws the bytes.
/// </summary>
internal sealed record Manifest
{
    /// <summary>The version that this code writes, and the newest that it reads.</summary>
    public const uint Version = 2;

    /// <summary>Name of the file in the database's folder.</summary>
    public const string FileName = "manifest";

    private const int HeaderBytes = 16;
    private const int ChecksumBytes = 8;
    private const int LeastTableBytes = 80;
    private const int SegmentBytes = 8 * sizeof(long);

    private static ReadOnlySpan<byte> Magic => "TSMANIFS"u8;

    /// <summary>Counts checkpoints; 0 for a database that was just made, whose log may not exist yet.</summary>
    public required long Checkpoint { get; init; }

    /// <summary>Where replay begins: the frame of the oldest row that no segment has.</summary>
    public required long ReplayPosition { get; init; }

    /// <summary>Frames from here on are not yet part of the counters and names below.</summary>
    public required long StatePosition { get; init; }

    /// <summary>The log's epoch at that place.</summary>
    public required uint Epoch { get; init; }

    /// <summary><c>_seq</c> of the next row there.</summary>
    public required long NextSequence { get; init; }

    /// <summary><c>_ingest_ts</c> of the last commit there.</summary>
    public required long LastIngestNanos { get; init; }

    /// <summary>Number of the next table.</summary>
    public required int NextTableId { get; init; }

    /// <summary>Number of the next source.</summary>
    public required int NextSourceId { get; init; }

    /// <summary>Number of the next segment file.</summary>
    public required long NextFileNumber { get; init; }

    /// <summary>Symbols in the symbol file.</summary>
    public required int SymbolCount { get; init; }

    /// <summary>Bytes of the symbol file that hold them.</summary>
    public required long SymbolFileBytes { get; init; }

    /// <summary>The tables.</summary>
    public required IReadOnlyList<ManifestTable> Tables { get; init; }

    /// <summary>Where each opening of the log began; none in files of version 1.</summary>
    public required IReadOnlyList<EpochStart> EpochStarts { get; init; }

    /// <summary>The whole file as bytes.</summary>
    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        writer.Bytes(Magic);
        writer.UInt32(Version);
        writer.UInt32(0);
        writer.Int64(Checkpoint);
        writer.Int64(ReplayPosition);
        writer.Int64(StatePosition);
        writer.UInt32(Epoch);
        writer.Int64(NextSequence);
        writer.Int64(LastIngestNanos);
        writer.Int32(NextTableId);
        writer.Int32(NextSourceId);
        writer.Int64(NextFileNumber);
        writer.Int32(SymbolCount);
        writer.Int64(SymbolFileBytes);
        writer.Int32(Tables.Count);
        foreach (var table in Tables)
        {
            WriteTable(writer, table);
        }

        writer.Int32(EpochStarts.Count);
        foreach (var start in EpochStarts)
        {
            writer.UInt32(start.Epoch);
            writer.Int64(start.Sequence);
        }

        var bytes = new byte[writer.Length + ChecksumBytes];
        writer.Written.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)(writer.Length - HeaderBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(
            bytes.AsSpan(writer.Length),
            XxHash3.HashToUInt64(bytes.AsSpan(0, writer.Length))
        );
        return bytes;
    }

    /// <summary>Reads the file back. Errors name it: Corruption, NewerFormat, NotADatabase for something else of that
    /// name.</summary>
    public static Manifest Read(IFileSystem files, string path) => Parse(files.ReadAllBytes(path), path);

    internal static Manifest Parse(byte[] bytes, string path)
    {
        if (bytes.Length < HeaderBytes + ChecksumBytes || !bytes.AsSpan().StartsWith(Magic))
        {
            throw new TickStoreException(
                ErrorCode.NotADatabase,
                $"{path} is not a manifest of a database (wrong first bytes, or too short)"
            )
            {
                Location = path,
            };
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8));
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

        var body = bytes.AsSpan(0, bytes.Length - ChecksumBytes);
        if (
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(body.Length)) != XxHash3.HashToUInt64(body)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)) != body.Length - HeaderBytes
            || version == 0
        )
        {
            Throw.Corrupt(path, "the checksum or the length does not hold");
        }

        var reader = new ByteReader(body, path);
        reader.Take(HeaderBytes);
        var manifest = new Manifest
        {
            Checkpoint = reader.Int64(),
            ReplayPosition = reader.Int64(),
            StatePosition = reader.Int64(),
            Epoch = reader.UInt32(),
            NextSequence = reader.Int64(),
            LastIngestNanos = reader.Int64(),
            NextTableId = reader.Int32(),
            NextSourceId = reader.Int32(),
            NextFileNumber = reader.Int64(),
            SymbolCount = reader.Int32(),
            SymbolFileBytes = reader.Int64(),
            Tables = ReadTables(ref reader),
            EpochStarts = version == 1 ? [] : ReadEpochStarts(ref reader),
        };
        reader.ExpectEnd();
        return manifest;
    }

    private static void WriteTable(ByteWriter writer, ManifestTable table)
    {
        writer.Int32(table.Id);
        SchemaCodec.Write(writer, table.Schema);
        writer.Int64(table.SealedThroughSequence);
        writer.Int64(table.Counters.Rows);
        writer.Int64(table.Counters.LateRows);
        writer.Int64(table.Counters.RejectedRows);
        writer.Int64(table.Counters.DuplicateRows);
        writer.Int64(table.Counters.QuarantinedRows);
        writer.Int64(table.Counters.LastSequence);
        writer.Int64(table.Watermark);
        writer.Int32(table.Sources.Count);
        foreach (var source in table.Sources)
        {
            writer.Int32(source.SourceId);
            writer.Int64(source.NewestNanos);
        }

        writer.Int32(table.Segments.Count);
        foreach (var s in table.Segments)
        {
            writer.Int64(s.FileNumber);
            writer.Int64(s.PartitionStart);
            writer.Int64(s.RowCount);
            writer.Int64(s.FileBytes);
            writer.Int64(s.MinSequence);
            writer.Int64(s.MaxSequence);
            writer.Int64(s.MinTime);
            writer.Int64(s.MaxTime);
        }
    }

    private static EpochStart[] ReadEpochStarts(ref ByteReader reader)
    {
        var starts = new EpochStart[reader.Count(sizeof(uint) + sizeof(long))];
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = new EpochStart(reader.UInt32(), reader.Int64());
        }

        return starts;
    }

    private static ManifestTable[] ReadTables(ref ByteReader reader)
    {
        var tables = new ManifestTable[reader.Count(LeastTableBytes)];
        for (var i = 0; i < tables.Length; i++)
        {
            var id = reader.Int32();
            var schema = SchemaCodec.Read(ref reader);
            var sealedThrough = reader.Int64();
            var counters = new TableCounters
            {
                Rows = reader.Int64(),
                LateRows = reader.Int64(),
                RejectedRows = reader.Int64(),
                DuplicateRows = reader.Int64(),
                QuarantinedRows = reader.Int64(),
                LastSequence = reader.Int64(),
            };
            var watermark = reader.Int64();
            var sources = new OpenSource[reader.Count(sizeof(int) + sizeof(long))];
            for (var s = 0; s < sources.Length; s++)
            {
                sources[s] = new OpenSource(reader.Int32(), reader.Int64());
            }

            var segments = new SegmentEntry[reader.Count(SegmentBytes)];
            for (var s = 0; s < segments.Length; s++)
            {
                segments[s] = new SegmentEntry(
                    reader.Int64(),
                    reader.Int64(),
                    reader.Int64(),
                    reader.Int64(),
                    reader.Int64(),
                    reader.Int64(),
                    reader.Int64(),
                    reader.Int64()
                );
            }

            tables[i] = new ManifestTable(id, schema, sealedThrough, counters, watermark, sources, segments);
        }

        return tables;
    }
}

/// <summary>A table in the manifest.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Schema">Its columns and roles.</param>
/// <param name="SealedThroughSequence">Its rows up to here are in the segments.</param>
/// <param name="Counters">What it has counted.</param>
/// <param name="Watermark">Its watermark.</param>
/// <param name="Sources">Sources that hold the watermark back.</param>
/// <param name="Segments">Its segments.</param>
internal sealed record ManifestTable(
    int Id,
    TableSchema Schema,
    long SealedThroughSequence,
    TableCounters Counters,
    long Watermark,
    IReadOnlyList<OpenSource> Sources,
    IReadOnlyList<SegmentEntry> Segments
);
