using TickStore.Tests.Support;

namespace TickStore.Tests.Budgets;

/// <summary>The same table with n rows and with 4 n rows: what an answer allocates more of the larger one is what its rows cost.</summary>
public abstract class Grown : IDisposable
{
    private const int RowCount = 131_072;

    private readonly Ticks small = new();
    private readonly Ticks large = new();

    private protected Grown(bool isSealed)
    {
        small.Write(RowCount);
        large.Write(4 * RowCount);
        if (isSealed)
        {
            small.Database.Seal();
            large.Database.Seal();
        }
    }

    /// <summary>Bytes a row, of all threads, when <paramref name="read"/> reads a table warm.</summary>
    internal double BytesPerRow(Action<Ticks> read) =>
        (Allocation.OfProcess(() => read(large)) - Allocation.OfProcess(() => read(small))) / (3.0 * RowCount);

    /// <inheritdoc/>
    public void Dispose()
    {
        small.Dispose();
        large.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Rows in memory, in chunks of 65,536.</summary>
public sealed class HeadTables() : Grown(isSealed: false);

/// <summary>Rows in one segment.</summary>
public sealed class SegmentTables() : Grown(isSealed: true);
