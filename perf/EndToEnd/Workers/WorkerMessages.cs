using System.Text.Json;
using System.Text.Json.Serialization;
using TickStore.EndToEnd.Engines;
using TickStore.EndToEnd.Suites;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Workers;

/// <summary>What the driver asks of a worker: one line of JSON.</summary>
internal sealed record WorkerRequest(WorkerCommand Command)
{
    /// <summary>The table that the command is about, by name.</summary>
    public string? Table { get; init; }

    /// <summary>What its rows are generated from.</summary>
    public WorkloadProfile? Profile { get; init; }

    /// <summary>How many of its first rows are written; 0 for all.</summary>
    public int RowCount { get; init; }

    /// <summary>Rows of one durable commit.</summary>
    public int CommitRows { get; init; }

    /// <summary>The query: Q1 ...</summary>
    public string? Query { get; init; }

    /// <summary>When a query is stopped.</summary>
    public double TimeoutSeconds { get; init; }

    /// <summary>Which of TickStore's own figures are wanted; null for all.</summary>
    public string? Only { get; init; }

    public override string ToString() =>
        string.Join(' ', new[] { $"{Command}".ToLowerInvariant(), Table ?? Query }).Trim();
}

/// <summary>The commands; their arguments are the properties of <see cref="WorkerRequest"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkerCommand>))]
internal enum WorkerCommand
{
    /// <summary>Bulk ingest of Table: seconds, and the peak memory above what was held before.</summary>
    Bulk,

    /// <summary>Durable ingest of Table: seconds and the commits' percentiles.</summary>
    Durable,

    /// <summary>Indexes of Table: seconds, or none where the engine needs none.</summary>
    Indexes,

    /// <summary>Compares what the engine holds with the generated rows; a difference is an error.</summary>
    Checksum,

    /// <summary>Bytes of Table.</summary>
    Sizes,

    /// <summary>Forgets the generated rows.</summary>
    Forget,

    /// <summary>Runs Query: seconds and the answer.</summary>
    Query,

    /// <summary>Peak memory since the worker started, above what it held before the engine was opened.</summary>
    Memory,

    /// <summary>TickStore's own figures.</summary>
    OwnFigures,

    /// <summary>Closes the engine; the worker ends after its answer.</summary>
    Quit,
}

/// <summary>A worker's answer: one line of JSON. What a command does not give stays null.</summary>
internal sealed record WorkerReply
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>What went wrong, in a sentence.</summary>
    public string? Error { get; init; }

    /// <summary>True where the answers differ, which is no failure of the machinery.</summary>
    public bool IsDifference { get; init; }

    /// <summary>True where a query was stopped at its time limit.</summary>
    public bool IsTimeout { get; init; }

    /// <summary>First line of a worker: the engine's version.</summary>
    public string? Version { get; init; }

    /// <summary>First line of a worker whose engine cannot take part: why.</summary>
    public string? LeftOut { get; init; }

    /// <summary>What the command took.</summary>
    public double? Seconds { get; init; }

    /// <summary>Half of the commits took no longer.</summary>
    public double? P50Micros { get; init; }

    /// <summary>99 of 100 commits took no longer.</summary>
    public double? P99Micros { get; init; }

    /// <summary>Peak memory; null where the machine does not tell.</summary>
    public double? PeakMebibytes { get; init; }

    /// <summary>Parts of a table.</summary>
    public IReadOnlyList<EngineSize>? Sizes { get; init; }

    /// <summary>The answer of a query, or null where the engine cannot answer it.</summary>
    public string[][]? Rows { get; init; }

    /// <summary>TickStore's own figures.</summary>
    public IReadOnlyList<Figure>? Figures { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public static WorkerReply Parse(string line) => JsonSerializer.Deserialize<WorkerReply>(line)!;
}
