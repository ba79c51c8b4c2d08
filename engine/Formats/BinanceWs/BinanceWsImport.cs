using System.Text.RegularExpressions;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Raw streams of Binance (<c>binance-ws</c>), plain or in .gz: each line is the local receive time in nanoseconds, a
/// blank, and the JSON that the exchange sent. Streams:
/// <list type="bullet">
/// <item><c>trades</c>: event time is the exchange's trade time;</item>
/// <item><c>quotes</c> (bookTicker): the spot exchange sends no time, so <c>exchange_ts</c> is NULL there and the event
/// time is the receive time;</item>
/// <item><c>depth</c>: one row a changed level, of differences (<c>kind</c> update) and of REST snapshots
/// (<c>kind</c> snapshot); size 0 removes a level. A snapshot names no symbol: it takes that of the line before
/// it.</item>
/// </list>
/// The receive time may lie before the event time: a local clock that runs behind is data, and kept.
/// </summary>
internal sealed partial class BinanceWsImport : IImportFormat
{
    public const int TradesStream = 0;
    public const int QuotesStream = 1;
    public const int DepthStream = 2;

    private static readonly DataType Price = DataType.Decimal(18, 8);

    public string Name => "binance-ws";

    public bool Recognizes(string path, ReadOnlySpan<byte> head)
    {
        try
        {
            using var input = new InputFile(path);
            Span<byte> start = stackalloc byte[32];
            return input.NextPart()
                && FirstLine()
                    .IsMatch(
                        System.Text.Encoding.UTF8.GetString(
                            start[..input.Part.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]
                        )
                    );
        }
        catch (TickStoreException)
        {
            return false;
        }
    }

    public IImportReader Open(ImportRequest request)
    {
        ColumnSchema[] head =
        [
            new("ts", DataType.Timestamp, Nullable: false),
            new("receive_ts", DataType.Timestamp, Nullable: false),
            new("symbol", DataType.Symbol, Nullable: false),
        ];
        var streams = new StreamList(request.TableName);
        Add(
            "trades",
            [
                .. head,
                new("exchange_ts", DataType.Timestamp),
                new("trade_id", DataType.BigInt, Nullable: false),
                new("price", Price),
                new("qty", Price),
                new("buyer_is_maker", DataType.Boolean),
                new("kind", DataType.Symbol),
            ]
        );
        Add(
            "quotes",
            [
                .. head,
                new("exchange_ts", DataType.Timestamp),
                new("update_id", DataType.BigInt, Nullable: false),
                new("bid", Price),
                new("bid_size", Price),
                new("ask", Price),
                new("ask_size", Price),
            ]
        );
        Add(
            "depth",
            [
                .. head,
                new("exchange_ts", DataType.Timestamp),
                new("first_update_id", DataType.BigInt),
                new("last_update_id", DataType.BigInt, Nullable: false),
                new("kind", DataType.Symbol, Nullable: false),
                new("side", DataType.Symbol, Nullable: false),
                new("price", Price),
                new("size", Price),
            ]
        );
        return new BinanceWsReader(request, streams.ToStreams());

        void Add(string suffix, ColumnSchema[] columns) =>
            streams.Add(suffix, SchemaExtensions.Declare(request.TableName, columns), suffix);
    }

    [GeneratedRegex(@"^\d{16,19} \{")]
    private static partial Regex FirstLine();
}
