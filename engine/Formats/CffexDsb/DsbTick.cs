using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// One record of a WonderTrader tick block, little-endian without gaps, 402 bytes:
/// <code>
///   0 char[10] exchange   10 char[32] code
///  42 f64 x 7 price, open, high, low, settle, upper limit, lower limit
///  98 u32 total volume   102 u32 volume   106 f64 total turnover   114 f64 turnover
/// 122 u32 open interest  126 i32 change of it
/// 130 u32 trading date   134 u32 action date   138 u32 action time HHMMSSmmm
/// 142 f64 previous close 150 f64 previous settle 158 i32 previous open interest 162 f64[10] bid  242 f64[10] ask  322
/// u32[10] bid size  362 u32[10] ask size
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct DsbTick
{
    /// <summary>Size in the file; a test asserts it.</summary>
    public const int SizeInBytes = 402;

    public const int LevelCount = 10;

    public Bytes10 Exchange;
    public Bytes32 Code;
    public double Price;
    public double Open;
    public double High;
    public double Low;
    public double Settle;
    public double UpperLimit;
    public double LowerLimit;
    public uint TotalVolume;
    public uint Volume;
    public double TotalTurnover;
    public double Turnover;
    public uint OpenInterest;
    public int OpenInterestChange;
    public uint TradingDate;
    public uint ActionDate;
    public uint ActionTime;
    public double PreClose;
    public double PreSettle;
    public int PreOpenInterest;
    public Doubles10 Bid;
    public Doubles10 Ask;
    public UInts10 BidSize;
    public UInts10 AskSize;

    /// <summary>The columns, in the order in which <see cref="DsbReader"/> fills them.</summary>
    public static IReadOnlyList<ColumnSchema> Columns { get; } =
    [
        new("ts", DataType.Timestamp, Nullable: false),
        new("symbol", DataType.Symbol, Nullable: false),
        new("exchange", DataType.Symbol, Nullable: false),
        new("price", DataType.Double),
        new("open", DataType.Double),
        new("high", DataType.Double),
        new("low", DataType.Double),
        new("settle", DataType.Double),
        new("upper_limit", DataType.Double),
        new("lower_limit", DataType.Double),
        new("total_volume", DataType.BigInt),
        new("volume", DataType.BigInt),
        new("total_turnover", DataType.Double),
        new("turnover", DataType.Double),
        new("open_interest", DataType.BigInt),
        new("open_interest_change", DataType.Int),
        new("trading_date", DataType.Date),
        new("pre_close", DataType.Double),
        new("pre_settle", DataType.Double),
        new("pre_open_interest", DataType.Int),
        new("bid", DataType.Double.ArrayOf(LevelCount)),
        new("ask", DataType.Double.ArrayOf(LevelCount)),
        new("bid_size", DataType.BigInt.ArrayOf(LevelCount)),
        new("ask_size", DataType.BigInt.ArrayOf(LevelCount)),
    ];

    [InlineArray(10)]
    internal struct Bytes10
    {
        private byte first;
    }

    [InlineArray(32)]
    internal struct Bytes32
    {
        private byte first;
    }

    [InlineArray(LevelCount)]
    internal struct Doubles10
    {
        private double first;
    }

    [InlineArray(LevelCount)]
    internal struct UInts10
    {
        private uint first;
    }
}
