namespace TickStore.Core;

/// <summary>
/// Bytes that may be held at once. Budgets nest: a query's budget draws on its database's. Thread-safe; reserving and
/// releasing are one atomic add per level.
/// </summary>
public sealed class MemoryBudget
{
    private readonly MemoryBudget? parent;
    private readonly string owner;
    private long usedBytes;

    /// <summary>Makes a budget of <paramref name="limitBytes"/> for <paramref name="owner"/>, named in errors.</summary>
    public MemoryBudget(long limitBytes, string owner, MemoryBudget? parent = null)
    {
        if (limitBytes <= 0)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"A memory budget of {limitBytes} bytes is not possible: at least 1"
            );
        }

        LimitBytes = limitBytes;
        this.owner = owner;
        this.parent = parent;
    }

    /// <summary>The most that may be held at once.</summary>
    public long LimitBytes { get; }

    /// <summary>What is held now.</summary>
    public long UsedBytes => Volatile.Read(ref usedBytes);

    /// <summary>Takes <paramref name="bytes"/>, or throws <see cref="ErrorCode.MemoryBudget"/> and takes nothing.</summary>
    public void Reserve(long bytes)
    {
        if (!TryReserve(bytes))
        {
            Throw.Error(
                ErrorCode.MemoryBudget,
                $"{owner} needs {bytes:N0} bytes more, and holds {UsedBytes:N0} of the {LimitBytes:N0} that its budget allows"
            );
        }
    }

    /// <summary>Takes <paramref name="bytes"/> if they are there.</summary>
    /// <returns>False where this budget or one above it would be exceeded; then nothing is taken.</returns>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref usedBytes, bytes) > LimitBytes)
        {
            Interlocked.Add(ref usedBytes, -bytes);
            return false;
        }

        if (parent is not null && !parent.TryReserve(bytes))
        {
            Interlocked.Add(ref usedBytes, -bytes);
            return false;
        }

        return true;
    }

    /// <summary>Gives back what was reserved.</summary>
    public void Release(long bytes)
    {
        Interlocked.Add(ref usedBytes, -bytes);
        parent?.Release(bytes);
    }
}
