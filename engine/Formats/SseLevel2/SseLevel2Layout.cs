using TickStore.Core;

namespace TickStore.Formats;

/// <summary>What a column of a Level-2 stream is made of.</summary>
internal enum SseField
{
    /// <summary>The text as it is.</summary>
    Plain,

    /// <summary>A time: with its date in it, beside a date column, or of the day that the path names.</summary>
    Time,

    /// <summary>A side: 1 and 2 are spelled B and S, 0 is N (call auction).</summary>
    Side,

    /// <summary>An order type: 2 and 10 are spelled A (add) and D (delete).</summary>
    OrderType,

    /// <summary>An array, one source column a level; the source names a pattern with a star for the level.</summary>
    Levels,
}

/// <summary>
/// One target column: its name and type, and the names that the vendors give its source. A column that a file lacks is
/// left out of the stream.
/// </summary>
internal sealed record SseColumn(string Name, DataType Type, SseField Field, params string[] Sources);

/// <summary>
/// The streams of SSE and SZSE Level-2 as Tonglian and Huatai write them to CSV, told apart by header names. One row of
/// this table a target column; the first source name that the header has is taken.
/// </summary>
internal sealed record SseLevel2Layout(string Suffix, string[][] Needs, SseColumn[] Columns)
{
    /// <summary>Three decimals hold the tick of stocks (0.01) and of funds and bonds (0.001).</summary>
    private static readonly DataType Price = DataType.Decimal(18, 3);

    private static readonly SseColumn Symbol = new("symbol", DataType.Symbol, SseField.Plain, "SecurityID");
    private static readonly SseColumn Receive = new(
        "receive_ts",
        DataType.Timestamp,
        SseField.Time,
        "LocalTime",
        "ReceiveDateTime"
    );

    private static readonly SseColumn LocalSequence = new("local_seq", DataType.BigInt, SseField.Plain, "SeqNo");

    /// <summary>All streams. A header belongs to the first whose needs it meets: one name of each group.</summary>
    public static IReadOnlyList<SseLevel2Layout> All { get; } =
    [
        new(
            "orders",
            [
                ["OrderPrice"],
                ["OrderNO"],
                ["OrderTime", "MDTime"],
            ],
            [
                new("ts", DataType.Timestamp, SseField.Time, "OrderTime", "MDTime"),
                Receive,
                Symbol,
                new("channel", DataType.Int, SseField.Plain, "OrderChannel", "ChannelNo"),
                new("seq", DataType.BigInt, SseField.Plain, "BizIndex", "ApplSeqNum"),
                new("order_index", DataType.BigInt, SseField.Plain, "OrderIndex"),
                new("order_no", DataType.BigInt, SseField.Plain, "OrderNO"),
                new("order_type", DataType.Symbol, SseField.OrderType, "OrderType"),
                new("side", DataType.Symbol, SseField.Side, "OrderBSFlag"),
                new("price", Price, SseField.Plain, "OrderPrice"),
                new("qty", DataType.BigInt, SseField.Plain, "Balance", "OrderQty"),
                new("status", DataType.Int, SseField.Plain, "DataStatus"),
                new("name", DataType.Symbol, SseField.Plain, "Symbol"),
                LocalSequence,
            ]
        ),
        new(
            "trades",
            [
                ["TradPrice", "TradePrice"],
                ["TradVolume", "TradeQty"],
                ["TradTime", "TradeTime", "MDTime"],
            ],
            [
                new("ts", DataType.Timestamp, SseField.Time, "TradTime", "TradeTime", "MDTime"),
                Receive,
                Symbol,
                new("channel", DataType.Int, SseField.Plain, "TradeChan", "ChannelNo"),
                new("seq", DataType.BigInt, SseField.Plain, "BizIndex", "ApplSeqNum"),
                new("trade_index", DataType.BigInt, SseField.Plain, "TradeIndex"),
                new("buy_no", DataType.BigInt, SseField.Plain, "TradeBuyNo", "BuyNum"),
                new("sell_no", DataType.BigInt, SseField.Plain, "TradeSellNo", "SellNum"),
                new("side", DataType.Symbol, SseField.Side, "TradeBSFlag"),
                new("price", Price, SseField.Plain, "TradPrice", "TradePrice"),
                new("qty", DataType.BigInt, SseField.Plain, "TradVolume", "TradeQty"),
                new("money", Price, SseField.Plain, "TradeMoney", "TradeAmount"),
                new("trade_type", DataType.Int, SseField.Plain, "TradeType"),
                new("exec_type", DataType.Symbol, SseField.Plain, "ExecType"),
                new("phase", DataType.Symbol, SseField.Plain, "TradingPhaseCode"),
                new("status", DataType.Int, SseField.Plain, "DataStatus"),
                new("market", DataType.Symbol, SseField.Plain, "Market"),
                new("name", DataType.Symbol, SseField.Plain, "Symbol"),
                LocalSequence,
            ]
        ),
        new(
            "queue",
            [
                ["NoPriceLevel"],
                ["OrderQty1"],
            ],
            [
                new("ts", DataType.Timestamp, SseField.Time, "UpdateTime"),
                Receive,
                Symbol,
                new("image_status", DataType.Int, SseField.Plain, "ImageStatus"),
                new("side", DataType.Symbol, SseField.Side, "Side"),
                new("level", DataType.Int, SseField.Plain, "NoPriceLevel"),
                new("operator", DataType.Int, SseField.Plain, "PrcLvlOperator"),
                new("price", Price, SseField.Plain, "Price"),
                new("qty", DataType.BigInt, SseField.Plain, "Volume"),
                new("order_count", DataType.Int, SseField.Plain, "NumOrders"),
                new("shown_count", DataType.Int, SseField.Plain, "NoOrders"),
                new("order_qty", DataType.Int, SseField.Levels, "OrderQty*"),
                LocalSequence,
            ]
        ),
        new(
            "snapshots",
            [
                ["LastPrice", "LastPx"],
                ["InstruStatus", "InstrumentStatus"],
                ["UpdateTime", "DateTime", "MDTime"],
            ],
            [
                new("ts", DataType.Timestamp, SseField.Time, "UpdateTime", "DateTime", "MDTime"),
                Receive,
                Symbol,
                new("status", DataType.Symbol, SseField.Plain, "InstruStatus", "InstrumentStatus"),
                new("image_status", DataType.Int, SseField.Plain, "ImageStatus"),
                new("pre_close", Price, SseField.Plain, "PreCloPrice", "PreClosePx"),
                new("open", Price, SseField.Plain, "OpenPrice", "OpenPx"),
                new("high", Price, SseField.Plain, "HighPrice", "HighPx"),
                new("low", Price, SseField.Plain, "LowPrice", "LowPx"),
                new("last", Price, SseField.Plain, "LastPrice", "LastPx"),
                new("close", Price, SseField.Plain, "ClosePrice", "ClosePx"),
                new("trade_count", DataType.BigInt, SseField.Plain, "TradNumber", "NumTrades"),
                new("volume", DataType.BigInt, SseField.Plain, "TradVolume", "TotalVolumeTrade"),
                new("turnover", Price, SseField.Plain, "Turnover", "TotalValueTrade"),
                new("total_bid_qty", DataType.BigInt, SseField.Plain, "TotalBidVol", "TotalBidQty"),
                new("total_ask_qty", DataType.BigInt, SseField.Plain, "TotalAskVol", "TotalOfferQty"),
                new("avg_bid", Price, SseField.Plain, "WAvgBidPri", "WeightedAvgBidPx"),
                new("avg_ask", Price, SseField.Plain, "WAvgAskPri", "WeightedAvgOfferPx"),
                new("bid", Price, SseField.Levels, "BidPrice*"),
                new("bid_size", DataType.BigInt, SseField.Levels, "BidVolume*", "BidOrderQty*"),
                new("bid_orders", DataType.Int, SseField.Levels, "NumOrdersB*", "BidNumOrders*"),
                new("ask", Price, SseField.Levels, "AskPrice*", "OfferPrice*"),
                new("ask_size", DataType.BigInt, SseField.Levels, "AskVolume*", "OfferOrderQty*"),
                new("ask_orders", DataType.Int, SseField.Levels, "NumOrdersS*", "OfferNumOrders*"),
                new("bid_queue", DataType.Int, SseField.Levels, "BidOrders*"),
                new("ask_queue", DataType.Int, SseField.Levels, "OfferOrders*"),
                new("withdrawn_buy_count", DataType.BigInt, SseField.Plain, "WiDBuyNum", "WithdrawBuyNumber"),
                new("withdrawn_buy_qty", DataType.BigInt, SseField.Plain, "WiDBuyVol", "WithdrawBuyAmount"),
                new("withdrawn_buy_money", Price, SseField.Plain, "WiDBuyMon", "WithdrawBuyMoney"),
                new("withdrawn_sell_count", DataType.BigInt, SseField.Plain, "WiDSellNum", "WithdrawSellNumber"),
                new("withdrawn_sell_qty", DataType.BigInt, SseField.Plain, "WiDSellVol", "WithdrawSellAmount"),
                new("withdrawn_sell_money", Price, SseField.Plain, "WiDSellMon", "WithdrawSellMoney"),
                new("total_bid_count", DataType.BigInt, SseField.Plain, "TotBidNum", "TotalBidNumber"),
                new("total_ask_count", DataType.BigInt, SseField.Plain, "TotSellNum", "TotalOfferNumber"),
                new("max_bid_duration", DataType.BigInt, SseField.Plain, "MaxBidDur", "BidTradeMaxDuration"),
                new("max_ask_duration", DataType.BigInt, SseField.Plain, "MaxSellDur", "OfferTradeMaxDuration"),
                new("bid_level_count", DataType.Int, SseField.Plain, "BidNum", "NumBidOrders"),
                new("ask_level_count", DataType.Int, SseField.Plain, "SellNum", "NumOfferOrders"),
                new("iopv", Price, SseField.Plain, "IOPV"),
                LocalSequence,
            ]
        ),
    ];

    /// <summary>The layout that a header belongs to, or null.</summary>
    public static SseLevel2Layout? Find(string[] header)
    {
        foreach (var layout in All)
        {
            if (
                Array.TrueForAll(layout.Needs, group => Array.Exists(group, name => Array.IndexOf(header, name) >= 0))
                && Array.IndexOf(header, "SecurityID") >= 0
            )
            {
                return layout;
            }
        }

        return null;
    }
}
