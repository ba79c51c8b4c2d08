using TickStore.Micro.Data;

namespace TickStore.Micro.Core.Kernels;

/// <summary>What kernel benchmarks run over: 16 vectors of 1,024 rows, which fit the second-level cache.</summary>
internal static class KernelData
{
    /// <summary>Rows of a vector.</summary>
    public const int VectorRows = 1024;

    /// <summary>Rows of a call.</summary>
    public const int Rows = 16 * VectorRows;

    // The busiest symbol has about this many rows; the next ones follow.
    private const int FirstRow = 1 << 13;

    /// <summary>Rows of a column of the table.</summary>
    public static T[] Take<T>(Func<MarketRows, T[]> column) => column(MarketRows.Shared)[FirstRow..(FirstRow + Rows)];
}
