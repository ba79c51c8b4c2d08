using TickStore.Core;

namespace TickStore.Tests.Engine.Faults;

/// <summary>A table with a column of each type that values may fail to fit.</summary>
internal static class ValueTable
{
    public const string Name = "v";

    public const string Create = """
        CREATE TABLE v (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, s SMALLINT, i INT, b BIGINT, d DECIMAL(9,2), x DOUBLE, t VARCHAR)
        EVENT TIME ts CLUSTER BY (sym)
        """;
}

/// <summary>A row of it.</summary>
internal sealed record ValueRow(TickTime Ts, string? Sym, short? S, int? I, long? B, decimal? D, double? X, string? T)
{
    public static ValueRow Of(long nanos, string sym = "A", long b = 0) =>
        new(new TickTime(nanos), sym, 1, 2, b, 4.5m, 5.5, "six");
}
