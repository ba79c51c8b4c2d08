using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>
/// Who takes the rows of one table as they are committed: groups of views that keep up, and listeners of the table itself. Changed and
/// called under the sequencer's lock only.
/// </summary>
internal sealed class TableTap(TableSchema schema, BlockPool pool) : IDisposable
{
    private readonly CommitRows commitRows = new(schema, pool);
    private readonly List<(ViewGroup Group, ViewGroup.TableInput Input)> groups = [];
    private IChangeListener[] listeners = [];

    /// <summary>True where nobody takes anything.</summary>
    public bool IsIdle => groups.Count == 0 && listeners.Length == 0;

    /// <summary>Adds a group from the next commit on.</summary>
    public void Add(ViewGroup group, ViewGroup.TableInput input) => groups.Add((group, input));

    /// <summary>Takes a group off.</summary>
    public void Remove(ViewGroup group) => groups.RemoveAll(g => g.Group == group);

    /// <summary>Adds a listener from the next commit on. Rows come with all columns of the table, the system's included.</summary>
    public void Add(IChangeListener listener) => listeners = [.. listeners, listener];

    /// <summary>Takes a listener off.</summary>
    public void Remove(IChangeListener listener) => listeners = [.. listeners.Where(l => l != listener)];

    /// <summary>Hands on the rows of a commit.</summary>
    public Batch Push(in CommittedRows rows)
    {
        var shown = commitRows.Show(rows);
        foreach (var (group, input) in groups)
        {
            group.Push(input, shown, rows.CommitSequence);
        }

        foreach (var listener in listeners)
        {
            listener.OnChanges(new DeltaBatch(shown), rows.CommitSequence);
        }

        return shown;
    }

    /// <summary>Something went wrong that is nobody's in particular: all views and listeners of the table have missed rows.</summary>
    public void Fail(Exception error)
    {
        foreach (var (group, _) in groups)
        {
            group.Fail(error);
        }

        var told = error as TickStoreException ?? new TickStoreException(ErrorCode.Internal, error.Message, error);
        foreach (var listener in listeners)
        {
            listener.OnFailed(told);
        }

        listeners = [];
    }

    /// <summary>Ends a commit, whether it had rows of the table or not.</summary>
    public void End(long sequence)
    {
        foreach (var listener in listeners)
        {
            listener.OnStep(sequence);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => commitRows.Dispose();
}
