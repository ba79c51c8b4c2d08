using TickStore.Storage;

namespace TickStore.Cli;

/// <summary>Counts the batches of an import that are durable, and tells of each where that was asked for.</summary>
/// <param name="output">Takes the lines <c>ack seq rows</c>, or null.</param>
internal sealed class ImportReceipts(StreamWriter? output)
{
    private bool hasReader = output is not null;

    /// <summary>Rows that are durable.</summary>
    public long RowCount { get; private set; }

    /// <summary><c>_seq</c> of the last of them; 0 at first.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Takes the next commit.</summary>
    public void Add(CommitResult commit)
    {
        RowCount += commit.RowCount;
        LastSequence = commit.LastSequence;
        if (!hasReader)
        {
            return;
        }

        try
        {
            output!.WriteLine($"ack {commit.LastSequence} {commit.RowCount}");
            output.Flush();
        }
        catch (OutputClosedException)
        {
            // Nobody listens any more, which is no reason to stop half-way through the files.
            hasReader = false;
        }
    }
}
