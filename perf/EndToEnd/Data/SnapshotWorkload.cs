using TickStore.Core;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Data;

/// <summary>Ten-level snapshots; book prices either DECIMAL(18,2) or DOUBLE.</summary>
internal sealed class SnapshotWorkload : Workload
{
    private const int Depth = SnapshotBlock.Depth;
    private readonly bool isDouble;

    public SnapshotWorkload(WorkloadProfile profile)
        : this(profile.Market, profile.SnapshotCount) { }

    public SnapshotWorkload(MarketProfile profile, int rowCount)
        : base(profile, rowCount)
    {
        Rows = new SnapshotBlock(rowCount);
        new SnapshotGenerator(profile, rowCount).Fill(Rows);
    }

    private SnapshotWorkload(MarketProfile profile, SnapshotWorkload other)
        : base(profile, other.RowCount) => (Rows, isDouble) = (other.Rows, true);

    public SnapshotBlock Rows { get; }

    public override string Name => isDouble ? "snapshots_double" : "snapshots";

    public override ColumnSchema[] Columns
    {
        get
        {
            var price = (isDouble ? DataType.Double : DataType.Decimal(18, 2)).ArrayOf(Depth);
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

    /// <summary>The same rows with DOUBLE book prices.</summary>
    public SnapshotWorkload AsDouble(MarketProfile profile) => new(profile, this);

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

    public override RowChecksum Checksum(Batch batch)
    {
        var sum = Sum(batch[2].Values<long>(), batch[3].Values<long>());
        return isDouble
            ? sum
                + Side(batch[4].Level<double>(Depth - 1), batch[6].Level<int>(Depth - 1))
                + Side(batch[5].Level<double>(Depth - 1), batch[7].Level<int>(Depth - 1))
            : sum
                + Side(batch[4].Level<long>(Depth - 1), batch[6].Level<int>(Depth - 1))
                + Side(batch[5].Level<long>(Depth - 1), batch[7].Level<int>(Depth - 1));
    }

    protected override void FillColumns(Batch batch, int startRow, int count, int[] symbolIds)
    {
        Rows.Times.AsSpan(startRow, count).CopyTo(batch[0].Writable<long>());
        MapSymbols(Rows.Symbols.AsSpan(startRow, count), symbolIds, batch[1].Writable<int>());
        WidenCents(Rows.LastCents.AsSpan(startRow, count), batch[2].Writable<long>());
        Rows.Volumes.AsSpan(startRow, count).CopyTo(batch[3].Writable<long>());
        for (var level = 0; level < Depth; level++)
        {
            var from = (level * RowCount) + startRow;
            FillPrices(Rows.BidCents.AsSpan(from, count), batch[4], level);
            FillPrices(Rows.AskCents.AsSpan(from, count), batch[5], level);
            Rows.BidSizes.AsSpan(from, count).CopyTo(batch[6].Writable<int>(level));
            Rows.AskSizes.AsSpan(from, count).CopyTo(batch[7].Writable<int>(level));
        }
    }

    private void FillPrices(ReadOnlySpan<int> cents, ColumnVector target, int level)
    {
        if (!isDouble)
        {
            WidenCents(cents, target.Writable<long>(level));
            return;
        }

        var prices = target.Writable<double>(level);
        for (var i = 0; i < cents.Length; i++)
        {
            // The double nearest to the decimal: what a parser makes of its text.
            prices[i] = cents[i] / 100.0;
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

    private static RowChecksum Side(ReadOnlySpan<double> prices, ReadOnlySpan<int> sizes)
    {
        var book = 0L;
        for (var i = 0; i < prices.Length; i++)
        {
            book += (long)Math.Round(prices[i] * 100) * sizes[i];
        }

        return new(0, 0, 0, book);
    }
}
