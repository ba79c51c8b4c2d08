using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What an evaluation may look at besides its arguments. One per query; shared by its threads.</summary>
public sealed class EvaluationContext
{
    /// <summary>The dictionary that SYMBOL ids refer to.</summary>
    public required ISymbolTable Symbols { get; init; }

    /// <summary>Where memory is taken from; its budget is the query's.</summary>
    public required BlockPool Pool { get; init; }

    /// <summary>Polled once a batch.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>
    /// Nanoseconds since 1970 that <c>now()</c> returns: read once when the query began, the virtual clock in a replay.
    /// </summary>
    public long NowNanos { get; init; }

    /// <summary>The watermark of a table at the snapshot that is read, in nanoseconds; null where no tables are read.</summary>
    public Func<string, long>? Watermarks { get; init; }

    /// <summary>
    /// Whether a table has a row with a smaller <c>_seq</c> than one given and a later event time than one given, in nanoseconds; rows that
    /// lie more than a day beyond their own commit do not count. Null where no tables are read. Any thread.
    /// </summary>
    public Func<string, long, long, bool>? HasRowBeyond { get; init; }

    /// <summary>
    /// Called first thing on each thread that works for a query, such as to let other threads go before it. If set, the caller's own thread
    /// does none of the work: it only waits for rows.
    /// </summary>
    public Action? WorkerStarting { get; init; }

    /// <summary>
    /// True where rows are being inserted: then a cast from VARCHAR to SYMBOL adds texts that the dictionary lacks. Else
    /// such a cast fails, for a query must not grow the dictionary.
    /// </summary>
    public bool InternSymbols { get; init; }
}
