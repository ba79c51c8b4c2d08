using TickStore.EndToEnd.Reporting;

namespace TickStore.Tests.Perf;

/// <summary>A made-up run: all engines, seven queries, two of them stopped at a limit, some left out.</summary>
internal static class Fixture
{
    public static Findings Read() => JsonLines.Read(new StringReader(Text("results.jsonl")));

    public static string Text(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    /// <summary>Findings on a machine that does not matter.</summary>
    public static Findings Empty() => new(new Machine("CPU", 2, ".NET", "System", "ext4", "abc1234"));

    /// <summary>A figure of a warm query, in ms.</summary>
    public static Measurement Query(string id, string engine, double millis, bool isLongerThan = false) =>
        new($"query.{id}", engine, millis, "ms") { IsLongerThan = isLongerThan };
}
