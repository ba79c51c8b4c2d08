// Proves where past openings of a database ended: by the list alone, and through the manifest, whose first version knew nothing of them.
using System.Buffers.Binary;
using System.IO.Hashing;
using TickStore.Storage.Catalog;

namespace TickStore.Tests.Storage.Catalog;

public sealed class EpochStartsTests
{
    [Fact]
    public void An_epoch_ends_where_the_next_one_begins()
    {
        var starts = new EpochStarts();
        starts.Add(1, 0);
        starts.Add(2, 100);
        starts.Add(3, 100);
        starts.Add(3, 500);
        starts.Add(6, 250);
        Assert.Equal([100, 100, 250, 250, 250], Enumerable.Range(1, 5).Select(e => starts.EndOf((uint)e)!.Value));
        Assert.Null(starts.EndOf(6));
        Assert.Equal(3, starts.All.Count);
    }

    [Fact]
    public void The_manifest_keeps_them_and_one_of_version_1_has_none()
    {
        var manifest = new Manifest
        {
            Checkpoint = 1,
            ReplayPosition = 0,
            StatePosition = 0,
            Epoch = 3,
            NextSequence = 101,
            LastIngestNanos = 5,
            NextTableId = 1,
            NextSourceId = 1,
            NextFileNumber = 1,
            SymbolCount = 0,
            SymbolFileBytes = 0,
            Tables = [],
            EpochStarts = [new EpochStart(1, 0), new EpochStart(3, 100)],
        };
        var bytes = manifest.ToBytes();
        Assert.Equal(manifest.EpochStarts, Manifest.Parse(bytes, "manifest").EpochStarts);

        // Version 1: the same without the list, an i32 and 12 bytes an entry before the checksum.
        var old = bytes[..^(sizeof(int) + (2 * 12))];
        BinaryPrimitives.WriteUInt32LittleEndian(old.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(old.AsSpan(12), (uint)(old.Length - 8 - 16));
        BinaryPrimitives.WriteUInt64LittleEndian(
            old.AsSpan(old.Length - 8),
            XxHash3.HashToUInt64(old.AsSpan(0, old.Length - 8))
        );
        var read = Manifest.Parse(old, "manifest");
        Assert.Empty(read.EpochStarts);
        Assert.Equal(101, read.NextSequence);
    }
}
