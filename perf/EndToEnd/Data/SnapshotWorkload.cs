using TickStore.Core;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Data;

/// <summary>Ten-level snapshots: books of ten prices and ten sizes a side.</summary>
internal sealed class SnapshotWorkload : Workload
{
    private const int Depth = SnapshotBlock.Depth;

    public SnapshotWorkload(WorkloadProfile profile)
        : base(profile.Market, profile.SnapshotCount)
    {
        Rows = new SnapshotBlock(profile.SnapshotCount);
        new SnapshotGenerator(profile).Fill(Rows);
    }

    public SnapshotBlock Rows { get; }

    public override string Name => "snapshots";

    public override ColumnSchema[] Columns
    {
        get
        {
            var price = DataType.Decimal(18, 2).ArrayOf(Depth);
            return
            [
                new("ts", DataType.Timestamp, Nullable: false),
                new("sym", DataType.Symbol, Nullable: false),
                new("last", DataType.Decimal(18, 2), Nullable: false),
                new("volume", DataType.BigInt, Nullable: false),
                new("bid", price, Nullable: false),
                new("ask", price, Nullable: false),
                new("bid_size", DataType.Int.ArrayOf(Depth), Nullable: false),
                new("ask_size", DataType.Int.ArrayOf(Depth), Nullable: false),
            ];
        }
    }

    public override RowChecksum Checksum(int rowCount)
    {
        var (quantity, notional, book) = (0L, 0L, 0L);
        for (var i = 0; i < rowCount; i++)
        {
            var last = ((Depth - 1) * RowCount) + i;
            quantity += Rows.Volumes[i];
            notional += Rows.LastCents[i] * Rows.Volumes[i];
            book += (long)Rows.BidCents[last] * Rows.BidSizes[last];
            book += (long)Rows.AskCents[last] * Rows.AskSizes[last];
        }

        return new(rowCount, quantity, notional, book);
    }

    public override RowChecksum Checksum(Batch batch) =>
        Sum(batch[2].Values<long>(), batch[3].Values<long>())
        + Side(batch[4].Level<long>(Depth - 1), batch[6].Level<int>(Depth - 1))
        + Side(batch[5].Level<long>(Depth - 1), batch[7].Level<int>(Depth - 1));

    protected override void FillColumns(Batch batch, int startRow, int count, int[] symbolIds)
    {
        Rows.Times.AsSpan(startRow, count).CopyTo(batch[0].Writable<long>());
        MapSymbols(Rows.Symbols.AsSpan(startRow, count), symbolIds, batch[1].Writable<int>());
        WidenCents(Rows.LastCents.AsSpan(startRow, count), batch[2].Writable<long>());
        Rows.Volumes.AsSpan(startRow, count).CopyTo(batch[3].Writable<long>());
        for (var level = 0; level < Depth; level++)
        {
            var from = (level * RowCount) + startRow;
            WidenCents(Rows.BidCents.AsSpan(from, count), batch[4].Writable<long>(level));
            WidenCents(Rows.AskCents.AsSpan(from, count), batch[5].Writable<long>(level));
            Rows.BidSizes.AsSpan(from, count).CopyTo(batch[6].Writable<int>(level));
            Rows.AskSizes.AsSpan(from, count).CopyTo(batch[7].Writable<int>(level));
        }
    }

    private static RowChecksum Sum(ReadOnlySpan<long> cents, ReadOnlySpan<long> volumes)
    {
        var (quantity, notional) = (0L, 0L);
        for (var i = 0; i < cents.Length; i++)
        {
            quantity += volumes[i];
            notional += cents[i] * volumes[i];
        }

        return new(cents.Length, quantity, notional, 0);
    }

    private static RowChecksum Side(ReadOnlySpan<long> cents, ReadOnlySpan<int> sizes)
    {
        var book = 0L;
        for (var i = 0; i < cents.Length; i++)
        {
            book += cents[i] * sizes[i];
        }

        return new(0, 0, 0, book);
    }
}
