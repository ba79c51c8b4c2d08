using TickStore.Core;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Data;

/// <summary>Trades of five columns.</summary>
internal sealed class TradeWorkload : Workload
{
    public TradeWorkload(WorkloadProfile profile)
        : base(profile.Market, profile.TradeCount)
    {
        Rows = new TradeBlock(profile.TradeCount);
        new TradeGenerator(profile).Fill(Rows);
    }

    public TradeBlock Rows { get; }

    public override string Name => "trades";

    public override ColumnSchema[] Columns =>
        [
            new("ts", DataType.Timestamp, Nullable: false),
            new("sym", DataType.Symbol, Nullable: false),
            new("px", DataType.Decimal(18, 2), Nullable: false),
            new("qty", DataType.Int, Nullable: false),
            new("side", DataType.Boolean, Nullable: false),
        ];

    public override RowChecksum Checksum(int rowCount)
    {
        var (quantity, notional) = (0L, 0L);
        for (var i = 0; i < rowCount; i++)
        {
            quantity += Rows.Sizes[i];
            notional += (long)Rows.PriceCents[i] * Rows.Sizes[i];
        }

        return new(rowCount, quantity, notional, 0);
    }

    public override RowChecksum Checksum(Batch batch) => Sum(batch[2].Values<long>(), batch[3].Values<int>());

    protected override void FillColumns(Batch batch, int startRow, int count, int[] symbolIds)
    {
        Rows.Times.AsSpan(startRow, count).CopyTo(batch[0].Writable<long>());
        MapSymbols(Rows.Symbols.AsSpan(startRow, count), symbolIds, batch[1].Writable<int>());
        WidenCents(Rows.PriceCents.AsSpan(startRow, count), batch[2].Writable<long>());
        Rows.Sizes.AsSpan(startRow, count).CopyTo(batch[3].Writable<int>());
        Rows.IsBuy.AsSpan(startRow, count).CopyTo(batch[4].Writable<byte>());
    }

    private static RowChecksum Sum(ReadOnlySpan<long> cents, ReadOnlySpan<int> sizes)
    {
        var (quantity, notional) = (0L, 0L);
        for (var i = 0; i < cents.Length; i++)
        {
            quantity += sizes[i];
            notional += cents[i] * sizes[i];
        }

        return new(cents.Length, quantity, notional, 0);
    }
}
