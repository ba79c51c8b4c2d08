using TickStore.Core;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Data;

/// <summary>Quotes of six columns: best bids and asks of the market that the trades belong to.</summary>
internal sealed class QuoteWorkload : Workload
{
    public QuoteWorkload(WorkloadProfile profile)
        : base(profile.Market, profile.QuoteCount)
    {
        Rows = new QuoteBlock(profile.QuoteCount);
        new QuoteGenerator(profile).Fill(Rows);
    }

    public QuoteBlock Rows { get; }

    public override string Name => "quotes";

    public override ColumnSchema[] Columns =>
        [
            new("ts", DataType.Timestamp, Nullable: false),
            new("sym", DataType.Symbol, Nullable: false),
            new("bid", DataType.Decimal(18, 2), Nullable: false),
            new("ask", DataType.Decimal(18, 2), Nullable: false),
            new("bid_size", DataType.Int, Nullable: false),
            new("ask_size", DataType.Int, Nullable: false),
        ];

    public override RowChecksum Checksum(int rowCount)
    {
        var sum = new RowChecksum(rowCount, 0, 0, 0);
        for (var i = 0; i < rowCount; i++)
        {
            sum += Of(Rows.BidCents[i], Rows.AskCents[i], Rows.BidSizes[i], Rows.AskSizes[i]);
        }

        return sum;
    }

    public override RowChecksum Checksum(Batch batch)
    {
        var bids = batch[2].Values<long>();
        var asks = batch[3].Values<long>();
        var bidSizes = batch[4].Values<int>();
        var askSizes = batch[5].Values<int>();
        var sum = new RowChecksum(bids.Length, 0, 0, 0);
        for (var i = 0; i < bids.Length; i++)
        {
            sum += Of(bids[i], asks[i], bidSizes[i], askSizes[i]);
        }

        return sum;
    }

    protected override void FillColumns(Batch batch, int startRow, int count, int[] symbolIds)
    {
        Rows.Times.AsSpan(startRow, count).CopyTo(batch[0].Writable<long>());
        MapSymbols(Rows.Symbols.AsSpan(startRow, count), symbolIds, batch[1].Writable<int>());
        WidenCents(Rows.BidCents.AsSpan(startRow, count), batch[2].Writable<long>());
        WidenCents(Rows.AskCents.AsSpan(startRow, count), batch[3].Writable<long>());
        Rows.BidSizes.AsSpan(startRow, count).CopyTo(batch[4].Writable<int>());
        Rows.AskSizes.AsSpan(startRow, count).CopyTo(batch[5].Writable<int>());
    }

    private static RowChecksum Of(long bidCents, long askCents, int bidSize, int askSize) =>
        new(0, bidSize, bidCents * bidSize, askCents * askSize);
}
