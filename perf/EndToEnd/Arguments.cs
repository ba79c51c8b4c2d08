namespace TickStore.EndToEnd;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    public const string Usage = """
        usage: EndToEnd [--profile small|medium] [--only PREFIX] [--json FILE] [--trades N] [--snapshots N]
                        [--folder DIR] [--no-peers] [--cpu-time] [--keep]
          --profile   small: 1 M trades and 200 k snapshots, under 3 minutes; medium (default): 5 M and 1 M, under 10 minutes
          --only      only figures whose name begins so: write, bytes.trades, read.snapshots ...
          --json      one JSON object a line; by default into perf/Results/<cpu>/<profile>.jsonl beside the table
          --folder    where the databases are made and removed; put it on the disk that is to be measured
          --no-peers  TickStore alone
          --cpu-time  rates of reads by CPU time: for a look on a busy machine
          --keep      leave the databases behind
        """;

    public string Profile { get; init; } = "medium";

    public int TradeCount { get; init; } = 5_000_000;

    public int SnapshotCount { get; init; } = 1_000_000;

    public string? Only { get; init; }

    public string? JsonPath { get; init; }

    public string Folder { get; init; } = Path.Combine(Path.GetTempPath(), $"tickstore-perf-{Environment.ProcessId}");

    public bool WithPeers { get; init; } = true;

    public bool ByCpuTime { get; init; }

    public bool Keep { get; init; }

    /// <summary>True for a run of everything at a profile's own sizes: such results are worth keeping.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Reads the arguments; throws <see cref="ArgumentException"/> with a sentence.</summary>
    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{name} needs a value");
            parsed = name switch
            {
                "--profile" => WithProfile(parsed, Value()),
                "--trades" => parsed with { TradeCount = Count(name, Value()), IsWhole = false },
                "--snapshots" => parsed with { SnapshotCount = Count(name, Value()), IsWhole = false },
                "--only" => parsed with { Only = Value(), IsWhole = false },
                "--json" => parsed with { JsonPath = Value() },
                "--folder" => parsed with { Folder = Path.Combine(Value(), $"tickstore-perf-{Environment.ProcessId}") },
                "--no-peers" => parsed with { WithPeers = false, IsWhole = false },
                "--cpu-time" => parsed with { ByCpuTime = true, IsWhole = false },
                "--keep" => parsed with { Keep = true },
                _ => throw new ArgumentException($"{name} is not an argument"),
            };
        }

        return parsed;
    }

    private static Arguments WithProfile(Arguments parsed, string profile) =>
        profile switch
        {
            "small" => parsed with { Profile = profile, TradeCount = 1_000_000, SnapshotCount = 200_000 },
            "medium" => parsed with { Profile = profile, TradeCount = 5_000_000, SnapshotCount = 1_000_000 },
            _ => throw new ArgumentException($"There is no profile {profile}: small or medium"),
        };

    private static int Count(string name, string text) =>
        int.TryParse(text, out var count) && count is >= 1000 and <= 100_000_000
            ? count
            : throw new ArgumentException($"{name} takes 1,000 to 100,000,000 rows, not {text}");
}
