using System.IO.Hashing;
using System.Text;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>
/// Checkpoints: the states of views at a sequence, from which opening the database goes on with the rows behind it. Whatever is missing or
/// damaged is computed again from the tables: a state saves time and is never needed.
/// </summary>
internal sealed partial class ViewManager
{
    private const int StateVersion = 3;

    // How much may have to be read again after a crash: some seconds. While a state is written its views catch up, which is felt.
    private const long RowsBetweenStates = 32_000_000;

    /// <summary>
    /// Writes the states of all views that are in place. A group is taken out of the way of commits meanwhile, and catches up then.
    /// </summary>
    public void SaveStates()
    {
        lock (manage)
        {
            foreach (var group in Volatile.Read(ref attached))
            {
                try
                {
                    SaveState(group);
                }
                finally
                {
                    BringUp(group);
                }
            }
        }
    }

    // With the lock on the set of views held. The group is not in place afterwards.
    private void SaveState(ViewGroup group)
    {
        Storage.WhilePaused(_ => Detach(group));
        if (group.Views.Any(v => v.Failure is not null))
        {
            return;
        }

        // A state must not know of rows that a crash may take back.
        database.Flush();
        foreach (var live in Views)
        {
            if (live.Group == group)
            {
                Storage.States.Write(live.Definition.Name, stream => Write(live, group, stream));
            }
        }

        savedAt[group] = group.Frontier;
    }

    private readonly Dictionary<ViewGroup, long> savedAt = [];

    private void SaveStatesThatAreDue()
    {
        lock (manage)
        {
            foreach (var group in Volatile.Read(ref attached))
            {
                if (group.Frontier - savedAt.GetValueOrDefault(group, 0) >= RowsBetweenStates)
                {
                    // A state that cannot be written costs time at the next opening, and nothing else.
                    TrySaveState(group);
                    OrFail(group, BringUp);
                }
            }
        }
    }

    private void Write(LiveView live, ViewGroup group, Stream stream)
    {
        var writer = new StateWriter(stream);
        writer.Write(StateVersion);
        writer.Write(HashOf(live));
        writer.Write(group.Frontier);
        writer.Write(group.Tables.Count);
        foreach (var table in group.Tables)
        {
            writer.WriteSpan<byte>(Encoding.UTF8.GetBytes(table.Clock.Table));
            table.Clock.Save(writer);
        }

        live.View!.Save(writer);
    }

    // Called for a group that has not seen a row. Either all of its views go on from one sequence, or all begin anew.
    private void LoadStates(ViewGroup group)
    {
        var members = Views.Where(v => v.Group == group).ToList();
        long? sequence = null;
        try
        {
            foreach (var live in members)
            {
                using var stream = Storage.States.TryOpen(live.Definition.Name);
                if (stream is null || Load(live, group, stream) is not { } found || (sequence ??= found) != found)
                {
                    Rebuild(group, members);
                    return;
                }
            }

            group.StartAt(sequence ?? 0);
            savedAt[group] = group.Frontier;
        }
        catch (TickStoreException)
        {
            // Damaged, or of a program whose operators keep other things. Nothing is lost but time; check names the file.
            Rebuild(group, members);
        }
    }

    private long? Load(LiveView live, ViewGroup group, Stream stream)
    {
        var reader = new StateReader(stream);
        if (reader.Read<int>() != StateVersion || reader.Read<ulong>() != HashOf(live))
        {
            return null;
        }

        var sequence = reader.Read<long>();
        if (sequence > database.CommittedSequence)
        {
            return null;
        }

        var tableCount = reader.Read<int>();
        for (var i = 0; i < tableCount; i++)
        {
            var name = Encoding.UTF8.GetString(reader.ReadSpan<byte>());
            var table = group.Tables.FirstOrDefault(t => IsSame(t.Clock.Table, name));
            (table?.Clock ?? NewClock(name)).Load(reader);
        }

        live.View!.Load(reader, sequence);
        return sequence;
    }

    // What was read in part is of no use: the views are made once more.
    private void Rebuild(ViewGroup group, List<LiveView> members)
    {
        foreach (var live in Enumerable.Reverse(members))
        {
            group.Remove(live.View!);
            live.View!.Dispose();
        }

        group.ForgetTables();
        foreach (var live in members)
        {
            live.View = Build(live.Definition);
            group.Add(live.View, NewClock);
        }

        group.StartAt(members.TrueForAll(m => !m.Definition.Backfills) ? members.Min(m => m.CreatedSequence) : 0);
    }

    // With the numbers of the tables: one that was dropped and made again has other rows.
    private ulong HashOf(LiveView live)
    {
        var tables = live.View!.Circuit.Inputs.Select(i => Storage.FindTable(i.Name)?.Id ?? 0);
        var text = $"{live.CreatedSequence}:{string.Join(',', tables)}:{live.Definition.Statement}";
        return XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text));
    }
}
