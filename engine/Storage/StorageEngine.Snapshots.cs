using TickStore.Core;
using TickStore.Storage.Head;

namespace TickStore.Storage;

/// <summary>Opening snapshots, and finding where commits end.</summary>
public sealed partial class StorageEngine
{
    /// <summary>
    /// Runs something while no commit happens, and perhaps says who is told of every commit from then on: so a view can be put in place
    /// between two commits. The action must be short.
    /// </summary>
    public void WhilePaused(Action<long> action)
    {
        lock (sequencer.Gate)
        {
            action(sequencer.CommittedSequence);
        }
    }

    /// <summary>Who is told of every commit; set it in <see cref="WhilePaused"/>.</summary>
    public ICommitObserver? Observer
    {
        get => sequencer.Observer;
        set => sequencer.Observer = value;
    }

    /// <summary>
    /// Called after <see cref="DurableSequence"/> has grown, on the log's thread or one that commits: must be quick, and must not throw.
    /// </summary>
    public Action? DurableGrown
    {
        get => frontier.Grown;
        set => frontier.Grown = value;
    }

    /// <summary>
    /// The last sequence of a former opening of the database that survived its end; null for the opening that this is, and for later ones.
    /// What it had shown beyond was committed and not durable yet when it crashed.
    /// </summary>
    public long? EndOfEpoch(uint epoch) => state.EpochStarts.EndOf(epoch);

    /// <summary>
    /// Opens a snapshot of the last commit, or of the last commit that ends at or before a sequence. Never waits for a
    /// writer. Throws OutOfRange for a sequence that is not committed yet.
    /// </summary>
    /// <param name="asOfSequence">A <c>_seq</c>, 0 for the empty database; null for the last commit.</param>
    public Snapshot OpenSnapshot(long? asOfSequence = null)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);

        // The order matters: versions are read after the sequence, so they hold at least the rows up to it.
        var committed = sequencer.CommittedSequence;
        if (asOfSequence is < 0 || asOfSequence > committed)
        {
            Throw.Error(
                ErrorCode.OutOfRange,
                $"Sequence {asOfSequence} is outside what is committed: 0 to {committed}"
            );
        }

        var versions = new Dictionary<StorageTable, TableVersion>();
        foreach (var table in state.Tables.All)
        {
            var version = table.Versions.Acquire();

            // A drop marks the table before it empties it: what was acquired may be empty for that reason only.
            if (table.IsDropped)
            {
                version.Release();
            }
            else
            {
                versions.Add(table, version);
            }
        }

        try
        {
            // The same for the end of the handle, which empties all tables after it is marked.
            ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
            var sequence =
                asOfSequence is { } wanted && wanted < committed ? CommitEnds.RoundDown(wanted, versions) : committed;
            return new Snapshot(sequence, Epoch, state.Symbols, versions);
        }
        catch
        {
            foreach (var version in versions.Values)
            {
                version.Release();
            }

            throw;
        }
    }
}
