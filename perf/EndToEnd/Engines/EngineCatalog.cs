using TickStore.EndToEnd.Engines.ClickHouse;
using TickStore.EndToEnd.Engines.DuckDb;
using TickStore.EndToEnd.Engines.Postgres;
using TickStore.EndToEnd.Engines.Sqlite;
using TickStore.EndToEnd.Engines.TickStore;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Engines;

/// <summary>The engines of a run: the one visible table of them.</summary>
internal static class EngineCatalog
{
    /// <summary>Opens an engine on a folder; null and a reason where it is not installed.</summary>
    private delegate IEngine? Opener(string folder, out string reason);

    private static readonly (string Name, Opener TryOpen)[] Engines =
    [
        (EngineNames.TickStore, TickStoreEngine.TryOpen),
        (EngineNames.DuckDb, DuckDbEngine.TryOpen),
        (EngineNames.DuckDbSorted, DuckDbEngine.TryOpenSorted),
        (EngineNames.ClickHouse, ClickHouseEngine.TryOpen),
        (EngineNames.Postgres, PostgresEngine.TryOpen),
        (EngineNames.Sqlite, SqliteEngine.TryOpen),
    ];

    /// <summary>Their names, TickStore first: its answers are what the others' are compared with.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Engines.Select(e => e.Name)];

    /// <summary>Opens an engine by name; null and a reason where it cannot take part.</summary>
    public static IEngine? TryOpen(string name, string folder, out string reason) =>
        Engines.Single(e => e.Name == name).TryOpen(folder, out reason);
}
