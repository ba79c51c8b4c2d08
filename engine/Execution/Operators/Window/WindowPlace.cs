using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A row, the partition and the peers that it belongs to, and its frame; moves from row to row.</summary>
internal struct WindowPlace
{
    private readonly WindowRows window;
    private int nextPartition;
    private int nextPeer;

    public WindowPlace(WindowRows window)
    {
        this.window = window;
        Row = -1;
    }

    /// <summary>The row.</summary>
    public int Row { get; private set; }

    /// <summary>First row of its partition.</summary>
    public int Start { get; private set; }

    /// <summary>Row behind the last one of its partition.</summary>
    public int End { get; private set; }

    /// <summary>First of its peers.</summary>
    public int PeerStart { get; private set; }

    /// <summary>Row behind the last of its peers.</summary>
    public int PeerEnd { get; private set; }

    /// <summary>How many groups of peers come before it in its partition.</summary>
    public int PeerNumber { get; private set; }

    /// <summary>Moves to the next row; false at the end.</summary>
    public bool Next(QueryRun run)
    {
        if (++Row >= window.Rows.RowCount)
        {
            return false;
        }

        if (Row % Batch.VectorRows == 0)
        {
            run.ThrowIfCancelled();
        }

        var isNewPartition = Row == End;
        if (isNewPartition)
        {
            Start = Row;
            nextPartition++;
            End = nextPartition < window.PartitionCount ? window.PartitionStarts[nextPartition] : window.Rows.RowCount;
        }

        if (Row == PeerEnd)
        {
            PeerStart = Row;
            nextPeer++;
            PeerEnd = nextPeer < window.PeerCount ? window.PeerStarts[nextPeer] : window.Rows.RowCount;
            PeerNumber = isNewPartition ? 0 : PeerNumber + 1;
        }

        return true;
    }

    /// <summary>
    /// First row of the frame, and the row behind its last one; not greater than the first where the frame is empty.
    /// </summary>
    public readonly (int Start, int End) Frame(WindowCall call)
    {
        var start = call.Frame.Start is { } from && !call.IncludePeers ? Clamp(from, 0) : Start;
        var end =
            call.IncludePeers ? PeerEnd
            : call.Frame.End is { } to ? Clamp(to, 1)
            : End;
        return (start, end);
    }

    private readonly int Clamp(long offset, int more)
    {
        var row = Row + Math.Clamp(offset, -int.MaxValue, int.MaxValue) + more;
        return (int)Math.Clamp(row, Start, End);
    }
}
