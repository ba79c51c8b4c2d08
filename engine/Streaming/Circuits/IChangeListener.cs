using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// Is told what changes in a view or a table, step by step: a step is a commit, or several while a view catches up. Called on the thread
/// that steps, which for a view that keeps up is the one that commits: it must be quick, must not commit, and must not throw.
/// </summary>
public interface IChangeListener
{
    /// <summary>Rows changed.</summary>
    /// <param name="changes">
    /// The view's columns, then the hidden ones of its key; of a deleted row only the key has values.
    /// <see cref="DeltaBatch.HasOld"/> tells an update (1) from an insert (0); old rows themselves come only if
    /// <see cref="WantsOld"/>. A key comes once a step. On loan for the call.
    /// </param>
    /// <param name="sequence">The end of the step.</param>
    void OnChanges(in DeltaBatch changes, long sequence);

    /// <summary>The step ended; also called where nothing changed.</summary>
    void OnStep(long sequence);

    /// <summary>The source has ended, by an error or because it was dropped: nothing comes any more. On any thread.</summary>
    void OnFailed(TickStoreException failure) { }

    /// <summary>True where changes have to come with the rows as they were.</summary>
    bool WantsOld => false;
}
