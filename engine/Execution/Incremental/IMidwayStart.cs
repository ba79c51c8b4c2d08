namespace TickStore.Execution;

/// <summary>
/// An operator over buckets of time that can begin in the middle of history: it is given the rows of the newest buckets only, and reads
/// older groups back when a row for them comes.
/// </summary>
public interface IMidwayStart
{
    /// <summary>
    /// Says that rows of this bucket and of earlier ones may be there, and will not be pushed. Before the first row; part of what
    /// <see cref="IncrementalOperator.Save"/> writes.
    /// </summary>
    /// <param name="bucket">The latest bucket that is left out, in nanoseconds.</param>
    void BeginAfter(long bucket);
}
