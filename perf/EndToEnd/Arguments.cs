using System.Globalization;
using TickStore.EndToEnd.Engines;

namespace TickStore.EndToEnd;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    public static string Usage { get; } =
        $"""
            usage: EndToEnd [--profile small|medium] [--only PREFIX] [--json FILE] [--engines A,B] [--runs N]
                            [--trades N] [--quotes N] [--snapshots N] [--days N] [--stamps ns|10ms] [--books busy|quiet]
                            [--folder DIR] [--keep] [--reuse DIR]
               EndToEnd --plot-only FILE
              --profile   small: 900 k trades, 900 k quotes, 200 k snapshots of 2 days, under 3 minutes;
                          medium (default): 50 M, 50 M and 10 M of 5 days, about 40 minutes
              --only      only figures whose name begins so, and what they need: query.Q1, ingest.fsync, bytes.trades ...
              --json      one JSON object a line; a whole run is kept in perf/Results/<cpu>/<profile>/ as well
              --engines   some of: {string.Join(", ", EngineCatalog.Names)}
              --runs      how often a query is timed (5), where it is not too long for that
              --trades, --quotes, --snapshots, --days   other sizes than the profile's
              --stamps    time stamps in ns (default) or at 10 ms
              --books     snapshots of busy books (default) or of quiet ones
              --folder    where the databases are made and removed; put it on the disk that is to be measured
              --keep      leave the databases behind, and say where
              --reuse     queries on databases that an earlier run kept; what is missing there is loaded
              --plot-only draws table, plots and page again from JSON lines, beside the file
            """;

    public string Profile { get; init; } = "medium";

    public int? TradeCount { get; init; }

    public int? QuoteCount { get; init; }

    public int? SnapshotCount { get; init; }

    public int? DayCount { get; init; }

    public bool HasCoarseStamps { get; init; }

    public bool HasQuietBooks { get; init; }

    public string? Only { get; init; }

    public string? JsonPath { get; init; }

    public IReadOnlyList<string> Engines { get; init; } = EngineCatalog.Names;

    public int RunCount { get; init; } = 5;

    public string Folder { get; init; } = FolderBelow(Path.GetTempPath());

    public bool Keep { get; init; }

    /// <summary>True where the folder is that of an earlier run.</summary>
    public bool IsReuse { get; init; }

    /// <summary>True where the rows are not those of the profile.</summary>
    public bool HasSizes =>
        (TradeCount ?? QuoteCount ?? SnapshotCount ?? DayCount) is not null || HasCoarseStamps || HasQuietBooks;

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
                "--profile" => parsed with { Profile = OneOf(name, Value(), "small", "medium") },
                "--trades" => parsed with { TradeCount = Count(name, Value(), 1000, 200_000_000), IsWhole = false },
                "--quotes" => parsed with { QuoteCount = Count(name, Value(), 1000, 200_000_000), IsWhole = false },
                "--snapshots" => parsed with
                {
                    SnapshotCount = Count(name, Value(), 1000, 50_000_000),
                    IsWhole = false,
                },
                "--days" => parsed with { DayCount = Count(name, Value(), 1, 250), IsWhole = false },
                "--stamps" => parsed with
                {
                    HasCoarseStamps = OneOf(name, Value(), "ns", "10ms") == "10ms",
                    IsWhole = false,
                },
                "--books" => parsed with
                {
                    HasQuietBooks = OneOf(name, Value(), "busy", "quiet") == "quiet",
                    IsWhole = false,
                },
                "--only" => parsed with { Only = Value(), IsWhole = false },
                "--json" => parsed with { JsonPath = Value() },
                "--engines" => parsed with { Engines = SomeEngines(Value()), IsWhole = false },
                "--runs" => parsed with { RunCount = Count(name, Value(), 1, 1000), IsWhole = false },
                "--folder" => parsed with { Folder = FolderBelow(Value()) },
                "--keep" => parsed with { Keep = true },
                "--reuse" => parsed with { Folder = Existing(Value()), Keep = true, IsReuse = true, IsWhole = false },
                _ => throw new ArgumentException($"{name} is not an argument"),
            };
        }

        return parsed;
    }

    private static string FolderBelow(string folder) =>
        Path.Combine(Path.GetFullPath(folder), $"tickstore-perf-{Environment.ProcessId}");

    private static string Existing(string folder) =>
        Directory.Exists(folder)
            ? Path.GetFullPath(folder)
            : throw new ArgumentException($"There is no folder {folder} to be used again");

    private static string OneOf(string name, string value, params string[] allowed) =>
        allowed.Contains(value)
            ? value
            : throw new ArgumentException($"{name} takes {string.Join(" or ", allowed)}, not {value}");

    private static IReadOnlyList<string> SomeEngines(string list)
    {
        var asked = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var name in asked)
        {
            if (!EngineCatalog.Names.Contains(name))
            {
                throw new ArgumentException($"There is no engine {name}: {string.Join(", ", EngineCatalog.Names)}");
            }
        }

        return asked.Length > 0
            ? [.. EngineCatalog.Names.Where(asked.Contains)]
            : throw new ArgumentException("--engines needs one engine at least");
    }

    private static int Count(string name, string text, int min, int max) =>
        int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var count)
        && count >= min
        && count <= max
            ? count
            : throw new ArgumentException($"{name} takes {min:N0} to {max:N0}, not {text}");
}
