namespace TickStore.Tests.Streaming.Law;

/// <content>Indices and alerts.</content>
internal static partial class LawViews
{
    /// <summary>Indices: members and divisors change while prices come, and some of all come late.</summary>
    public static readonly LawView[] Indices =
    [
        new("index_ticks", string.Empty)
        {
            Statement = "CREATE INDEX VIEW index_ticks MEMBERS members WEIGHT w PRICE px FROM trades DIVISOR divisors",
        },
        new("index_seconds", string.Empty)
        {
            TellsAtIntervals = true,
            Statement =
                "CREATE INDEX VIEW index_seconds MEMBERS members WEIGHT w PRICE px FROM trades DIVISOR divisor FROM divisors EMIT EVERY 10s",
        },
        new("index_in_time", string.Empty)
        {
            Statement =
                "CREATE INDEX VIEW index_in_time MEMBERS members WEIGHT w PRICE bid FROM quotes DIVISOR divisors ON LATE REJECT",
        },
    ];
}
