using TickStore.EndToEnd.Reporting;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Schedule;

/// <summary>Sizes, repeats and time limits of a run.</summary>
internal sealed record RunPlan
{
    private const int SmallRows = 2_000_000;
    private const int SmallDurableTicks = 100_000;
    private const int SmallDurableSnapshots = 20_000;
    private const int DurableTicks = 1_000_000;
    private const int DurableSnapshots = 200_000;
    private const int OwnTicks = 5_000_000;
    private const int OwnSnapshots = 1_000_000;

    /// <summary>The rows that queries are asked of.</summary>
    public required WorkloadProfile Profile { get; init; }

    /// <summary>The rows that are written durably.</summary>
    public required WorkloadProfile DurableProfile { get; init; }

    /// <summary>The rows for TickStore's own figures.</summary>
    public required WorkloadProfile OwnProfile { get; init; }

    /// <summary>How often the engines take turns at writing.</summary>
    public required int WriteTurns { get; init; }

    /// <summary>How often a query is timed.</summary>
    public required int RunCount { get; init; }

    /// <summary>How long a query is repeated before it is timed, at least once: a just-in-time compiler needs it.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>When no further run of a query begins.</summary>
    public required TimeSpan QueryBudget { get; init; }

    /// <summary>When a query is stopped.</summary>
    public required TimeSpan QueryLimit { get; init; }

    /// <summary>When a query is stopped in the engines that are made for rows: whole scans are not what they are for.</summary>
    public required TimeSpan RowEngineQueryLimit { get; init; }

    /// <summary>How often a query is timed cold.</summary>
    public required int ColdRunCount { get; init; }

    /// <summary>Queries that are timed cold; null for all.</summary>
    public IReadOnlyList<string>? ColdQueries { get; init; }

    /// <summary>A query that takes longer when warm is not timed cold.</summary>
    public required TimeSpan ColdLimit { get; init; }

    /// <summary>True where bulk loads are short enough to be repeated.</summary>
    public bool IsSmall => (long)Profile.TradeCount + Profile.QuoteCount + Profile.SnapshotCount <= SmallRows;

    /// <summary>The plan of a profile, with what the command line changes.</summary>
    public static RunPlan Of(Arguments arguments)
    {
        if (arguments.IsReuse)
        {
            if (arguments.HasSizes)
            {
                throw new ArgumentException("--reuse takes the sizes of the run that made the databases; give none");
            }

            return KeptTables.PlanOf(arguments.Folder) with
            {
                RunCount = arguments.RunCount,
            };
        }

        var profile = WorkloadProfile.Named(arguments.Profile);
        profile = profile with
        {
            TradeCount = arguments.TradeCount ?? profile.TradeCount,
            QuoteCount = arguments.QuoteCount ?? profile.QuoteCount,
            SnapshotCount = arguments.SnapshotCount ?? profile.SnapshotCount,
            Market = profile.Market with
            {
                DayCount = arguments.DayCount ?? profile.Market.DayCount,
                StampNanos = arguments.HasCoarseStamps
                    ? MarketProfile.TenMillisecondStamps
                    : MarketProfile.NanosecondStamps,
                BookActivity = arguments.HasQuietBooks ? MarketProfile.QuietBook : MarketProfile.BusyBook,
            },
        };
        var isSmall = arguments.Profile == WorkloadProfile.Small.Name;
        profile = profile with { Name = NameOf(arguments, profile) };
        return new()
        {
            Profile = profile,
            DurableProfile = AtMost(
                profile,
                isSmall ? SmallDurableTicks : DurableTicks,
                isSmall ? SmallDurableSnapshots : DurableSnapshots
            ),
            OwnProfile = AtMost(profile, OwnTicks, OwnSnapshots),
            WriteTurns = isSmall ? 1 : 3,
            RunCount = arguments.RunCount,
            WarmUp = TimeSpan.FromSeconds(isSmall ? 0.1 : 0.7),
            QueryBudget = TimeSpan.FromSeconds(isSmall ? 0.3 : 8),
            QueryLimit = TimeSpan.FromSeconds(120),
            RowEngineQueryLimit = TimeSpan.FromSeconds(30),
            ColdRunCount = isSmall ? 1 : 2,
            ColdQueries = isSmall ? ["Q1", "Q4", "Q13"] : null,
            ColdLimit = TimeSpan.FromSeconds(10),
        };
    }

    /// <summary>When an engine's query is stopped.</summary>
    public TimeSpan QueryLimitOf(string engine) =>
        engine is EngineNames.Sqlite or EngineNames.Postgres ? RowEngineQueryLimit : QueryLimit;

    /// <summary>Rows of a table.</summary>
    public static int RowCountOf(WorkloadProfile profile, string table) =>
        table switch
        {
            "trades" => profile.TradeCount,
            "quotes" => profile.QuoteCount,
            "snapshots" => profile.SnapshotCount,
            _ => throw new ArgumentException($"There is no table {table}"),
        };

    public override string ToString() =>
        $"{Profile.TradeCount:N0} trades, {Profile.QuoteCount:N0} quotes, {Profile.SnapshotCount:N0} snapshots, "
        + $"{Profile.Market.DayCount} days";

    // As WorkloadProfile.Named calls sizes of one's own.
    private static string NameOf(Arguments arguments, WorkloadProfile profile)
    {
        var isOther =
            (arguments.TradeCount ?? arguments.QuoteCount ?? arguments.SnapshotCount ?? arguments.DayCount) is not null;
        return (isOther ? $"{profile.TradeCount}" : profile.Name)
            + (arguments.HasCoarseStamps ? "-10ms" : string.Empty)
            + (arguments.HasQuietBooks ? "-quiet" : string.Empty);
    }

    private static WorkloadProfile AtMost(WorkloadProfile profile, int ticks, int snapshots) =>
        profile with
        {
            TradeCount = Math.Min(profile.TradeCount, ticks),
            QuoteCount = Math.Min(profile.QuoteCount, ticks),
            SnapshotCount = Math.Min(profile.SnapshotCount, snapshots),
        };
}
