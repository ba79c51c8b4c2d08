namespace TickStore.Core;

/// <summary>
/// The one exception that the engine throws on purpose. The message says what is wrong, where, and what is allowed.
/// </summary>
public sealed class TickStoreException : Exception
{
    /// <summary>Makes an error of <paramref name="code"/> with a message of one sentence or more.</summary>
    public TickStoreException(ErrorCode code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
    }

    /// <summary>What went wrong; stable across versions.</summary>
    public ErrorCode Code { get; }

    /// <summary>Zero-based character offset into the SQL text, or -1 where no text is at fault.</summary>
    public int SqlPosition { get; init; } = -1;

    /// <summary>File, line, block or device that is at fault, or null.</summary>
    public string? Location { get; init; }

    /// <summary>True where the same call may succeed later without a change by the caller.</summary>
    public bool Retryable => Code is ErrorCode.MemoryBudget or ErrorCode.DiskFull or ErrorCode.DatabaseLocked;
}
