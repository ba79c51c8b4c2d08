// Proves: sealing allocates a constant a segment and a constant a vector of up to 1,024 rows, and nothing a row. Rows are sorted and
// encoded in blocks from the pool and in rented buffers; what is allocated stays: the footer's zone maps, which live as long as the
// segment is open, once as they are written and once as they are read.
using TickStore.Tests.Support;

namespace TickStore.Tests.Budgets;

[Collection(Alone.Name)]
public sealed class SealTests
{
    private const int RowCount = 65_536;

    // 16 bytes of zone map for each of 8 columns, 18 of row counts and starts, block entries of 24 / 64 for each of 7 streams: 149 bytes,
    // written and read, and the footer's own bytes as read from the file. Lists that grow double them at the worst.
    private const int BytesPerVector = 700;

    // 256 codec counts for each of 8 columns twice, the sorter's digits, lists of the manifest and of the directories, paths.
    private const int BytesPerSegment = 80_000;

    [Fact]
    public void Sealing_allocates_a_constant_a_vector()
    {
        using var ticks = new Ticks();
        ticks.Write(5 * RowCount);
        ticks.Database.Seal();
        var growth = Allocation.Of4Less1(_ => ticks.Database.Seal(), ticks.Write, RowCount);
        Assert.InRange(growth / (3 * RowCount / 1024), 0, BytesPerVector);
    }

    [Fact]
    public void Sealing_allocates_a_constant_a_segment()
    {
        using var ticks = new Ticks();
        ticks.Write(5 * RowCount);
        ticks.Database.Seal();
        ticks.Write(1000);
        ticks.Database.Seal();
        var bytes = Allocation.OfProcess(() => ticks.Write(1000), () => ticks.Database.Seal());
        Assert.InRange(bytes, 0, BytesPerSegment);
    }
}
