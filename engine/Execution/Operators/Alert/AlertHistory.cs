using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What one key of an alert has fired, and states it has passed through, so that a late row need not begin from the first one.
/// </summary>
internal sealed class AlertHistory
{
    private const int RestsMax = 8;
    private const int RowsBetween = 256;

    private readonly List<(AlertState State, int FiredCount)> rests = [];
    private int rows;

    /// <summary>Rows of what has fired, in order.</summary>
    public List<int> Fired { get; } = [];

    /// <summary>Notes a quiet state now and then; the oldest one goes for it.</summary>
    public void Rest(AlertState state)
    {
        if (++rows < RowsBetween)
        {
            return;
        }

        rows = 0;
        if (rests.Count == RestsMax)
        {
            rests.RemoveAt(0);
        }

        rests.Add((state.Clone(), Fired.Count));
    }

    /// <summary>The newest state from before a time, or the first of all, and how much had fired by then. Later ones are
    /// forgotten.</summary>
    public (AlertState State, int FiredCount) GoBack(long time, AlertNode node, BlockPool pool)
    {
        while (rests.Count > 0 && rests[^1].State.Time >= time)
        {
            rests.RemoveAt(rests.Count - 1);
        }

        rows = 0;
        return rests.Count == 0 ? (new AlertState(node, pool), 0) : (rests[^1].State.Clone(), rests[^1].FiredCount);
    }

    /// <summary>Writes the history.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(rows);
        writer.Write(Fired.Count);
        foreach (var row in Fired)
        {
            writer.Write(row);
        }

        writer.Write(rests.Count);
        foreach (var (state, firedCount) in rests)
        {
            writer.Write(firedCount);
            state.Save(writer);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader, AlertNode node, BlockPool pool)
    {
        rows = reader.Read<int>();
        for (var left = reader.Read<int>(); left > 0; left--)
        {
            Fired.Add(reader.Read<int>());
        }

        for (var left = reader.Read<int>(); left > 0; left--)
        {
            var firedCount = reader.Read<int>();
            var state = new AlertState(node, pool);
            state.Load(reader);
            rests.Add((state, firedCount));
        }
    }
}
