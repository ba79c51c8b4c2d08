using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <content>
/// Views that begin in the middle of history: they step with the newest rows at once, and what they have of older ones is put in range by
/// range, the newest first. All calls between two steps.
/// </content>
public sealed partial class View
{
    /// <summary>The ranges by which history can be filled in; null where the view was not made for that.</summary>
    public BackwardRange? Backward => output.Fill is null ? null : Options.Backward;

    /// <summary>False while rows of the past are missing in the contents. On any thread.</summary>
    public bool IsWhole => output.Fill?.IsComplete ?? true;

    /// <summary>
    /// The latest bucket, in nanoseconds, whose rows may be missing in the contents; the least value where none is. On any thread.
    /// </summary>
    public long UnfilledTo => output.Fill?.UnfilledTo ?? long.MinValue;

    /// <summary>
    /// Before the first row: says that rows of this bucket and of earlier ones will not be pushed, but put in.
    /// </summary>
    public void BeginFill(long bucket)
    {
        foreach (var each in Circuit.Operators)
        {
            (each as IMidwayStart)?.BeginAfter(bucket);
        }

        output.Fill!.Begin(bucket);
    }

    /// <summary>The next range of buckets up to <see cref="UnfilledTo"/> is going to be computed as of <see cref="Frontier"/>.</summary>
    public void BeginRange() => output.Fill!.BeginRange();

    /// <summary>Puts rows of the range in. Throws MemoryBudget where there is no room for them.</summary>
    /// <param name="rows">Rows of the plan, as they were where the range began; each key once. On loan for the call.</param>
    public void PutIn(Batch rows) => output.Fill!.PutIn(rows);

    /// <summary>All rows of the range were put in.</summary>
    /// <param name="bucket">The latest bucket that is missing still; the least value for none.</param>
    public void EndRange(long bucket) => output.Fill!.EndRange(bucket);
}
