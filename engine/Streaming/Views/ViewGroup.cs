using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// Views that hang together because one reads another: they step together, so that at the end of every step all of them are at the same
/// sequence. Rows of tables come in, in the order of <c>_seq</c> for each table; changes of a view go on to those that read it, which stand
/// behind it in the list. For one thread at a time.
/// </summary>
public sealed class ViewGroup : IDisposable
{
    private readonly List<Member> members = [];
    private readonly List<TableInput> tables = [];
    private readonly CircuitStep step = new();
    private bool isTouched;
    private long frontier;

    /// <summary>The views, those that are read before those that read them.</summary>
    public IEnumerable<View> Views => members.Select(m => m.View);

    /// <summary>How many views there are.</summary>
    public int Count => members.Count;

    /// <summary>The tables whose rows the group takes.</summary>
    public IReadOnlyList<TableInput> Tables => tables;

    /// <summary>The end of the last step.</summary>
    public long Frontier => Volatile.Read(ref frontier);

    /// <summary>Says where the group starts: rows up to here are in its views already, or do not belong to them.</summary>
    public void StartAt(long sequence) => Volatile.Write(ref frontier, sequence);

    /// <summary>
    /// Adds a view that stands at the group's frontier. Views that it reads must be in the group.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="clockOf">The clock of a table that the group does not know yet.</param>
    /// <param name="linksViews">False where changes of the views that it reads are pushed by the caller.</param>
    public void Add(View view, Func<string, TableClock> clockOf, bool linksViews = true)
    {
        var member = new Member(view);
        for (var input = 0; input < view.Circuit.Inputs.Count; input++)
        {
            var (name, kind) = view.Circuit.Inputs[input];
            if (kind == CircuitInputKind.View)
            {
                if (!linksViews)
                {
                    continue;
                }

                var read = members.Find(m => string.Equals(m.View.Name, name, StringComparison.OrdinalIgnoreCase));
                if (read is null)
                {
                    Throw.Error(ErrorCode.Internal, $"View {view.Name} reads {name}, which is not in its group");
                }

                member.Reads.Add((input, read!));
                var link = new Link(member, input);
                read!.Links.Add(link);
                read.View.AddReader(link);
                continue;
            }

            var table = tables.Find(t => string.Equals(t.Clock.Table, name, StringComparison.OrdinalIgnoreCase));
            if (table is null)
            {
                table = new TableInput(clockOf(name));
                tables.Add(table);
            }

            member.Clocks.Add((input, table.Clock));
            if (kind == CircuitInputKind.Table)
            {
                table.Readers.Add((member, input));
            }
        }

        members.Add(member);
    }

    /// <summary>Takes the last view off, or one that no other reads.</summary>
    public void Remove(View view)
    {
        var member = members.Find(m => m.View == view)!;
        members.Remove(member);
        foreach (var table in tables)
        {
            table.Readers.RemoveAll(r => r.Member == member);
        }

        foreach (var other in members)
        {
            foreach (var link in other.Links.FindAll(l => l.Target == member))
            {
                other.Links.Remove(link);
                other.View.RemoveReader(link);
            }
        }
    }

    /// <summary>Forgets the tables and how far their time has come; for a group without views.</summary>
    public void ForgetTables() => tables.Clear();

    /// <summary>Says that something was pushed to a view directly, so that the next step is not skipped.</summary>
    public void Touch() => isTouched = true;

    /// <summary>Takes over the views of another group at the same frontier, which is empty afterwards.</summary>
    public void Absorb(ViewGroup other)
    {
        members.AddRange(other.members);
        foreach (var table in other.tables)
        {
            var known = tables.Find(t =>
                string.Equals(t.Clock.Table, table.Clock.Table, StringComparison.OrdinalIgnoreCase)
            );
            if (known is null)
            {
                tables.Add(table);
                continue;
            }

            known.Readers.AddRange(table.Readers);
            foreach (var member in other.members)
            {
                for (var i = 0; i < member.Clocks.Count; i++)
                {
                    member.Clocks[i] =
                        member.Clocks[i].Clock == table.Clock
                            ? (member.Clocks[i].Input, known.Clock)
                            : member.Clocks[i];
                }
            }
        }

        other.members.Clear();
        other.tables.Clear();
    }

    /// <summary>Takes rows of a table, all columns with those of the system, in the order of <c>_seq</c>.</summary>
    /// <param name="table">One of <see cref="Tables"/>.</param>
    /// <param name="rows">On loan for the call.</param>
    /// <param name="stepSequence">Where the step will end; -1 where that is not known yet.</param>
    public void Push(TableInput table, Batch rows, long stepSequence)
    {
        table.Clock.Observe(rows);
        var lateCount = table.Clock.CountLate(rows);
        var delta = new DeltaBatch(rows);
        foreach (var (member, input) in table.Readers)
        {
            member.View.Push(input, delta, stepSequence);
            member.View.NoteLate(lateCount);
        }

        isTouched = true;
    }

    /// <summary>A mark raises the watermark of a table, if the group reads it.</summary>
    public void Mark(string table, long nanos)
    {
        foreach (var known in tables)
        {
            if (string.Equals(known.Clock.Table, table, StringComparison.OrdinalIgnoreCase))
            {
                known.Clock.Mark(nanos);
                isTouched = true;
            }
        }
    }

    /// <summary>Ends all views of the group with an error.</summary>
    public void Fail(Exception error)
    {
        foreach (var member in members)
        {
            if (member.View.Failure is null)
            {
                member.View.Fail(error);
            }
        }
    }

    /// <summary>
    /// Held while a step that is not under the sequencer's lock touches the group, so that listeners leave between two steps.
    /// </summary>
    public Lock Stepping { get; } = new();

    /// <summary>Ends a step: all rows up to a commit's end have come.</summary>
    public void Step(long sequence)
    {
        step.Sequence = sequence;
        foreach (var member in members)
        {
            if (!isTouched)
            {
                member.View.Skip(sequence);
                continue;
            }

            // The watermark may have moved for views whose rows have not.
            step.ForgetWatermarks();
            member.WatermarkNanos = long.MaxValue;
            foreach (var (input, clock) in member.Clocks)
            {
                step.SetWatermark(input, clock.WatermarkNanos);
                member.WatermarkNanos = Math.Min(member.WatermarkNanos, clock.WatermarkNanos);
            }

            // Of a view that is read, event time has come as far as in the tables below it.
            foreach (var (input, read) in member.Reads)
            {
                step.SetWatermark(input, read.WatermarkNanos);
                member.WatermarkNanos = Math.Min(member.WatermarkNanos, read.WatermarkNanos);
            }

            member.View.Step(step);
            if (member.View.Failure is { } failure)
            {
                FailReaders(member, failure);
            }
        }

        isTouched = false;
        Volatile.Write(ref frontier, sequence);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var member in members)
        {
            member.View.Dispose();
        }
    }

    private static void FailReaders(Member member, TickStoreException failure)
    {
        foreach (var link in member.Links)
        {
            if (link.Target.View.Failure is null)
            {
                link.Target.View.Fail(
                    new TickStoreException(
                        failure.Code,
                        $"View {member.View.Name}, which it reads, failed: {failure.Message}",
                        failure
                    )
                );
            }
        }
    }

    /// <summary>A table whose rows the group takes.</summary>
    public sealed class TableInput(TableClock clock)
    {
        /// <summary>How far its event time has come.</summary>
        public TableClock Clock { get; } = clock;

        internal List<(Member Member, int Input)> Readers { get; } = [];

        /// <summary>True where rows are read, and not only the watermark.</summary>
        public bool HasReaders => Readers.Count > 0;
    }

    internal sealed class Member(View view)
    {
        public View View { get; } = view;

        public List<(int Input, TableClock Clock)> Clocks { get; } = [];

        public List<(int Input, Member Read)> Reads { get; } = [];

        /// <summary>How far event time has come in all tables below the view, at the present step.</summary>
        public long WatermarkNanos { get; set; }

        public List<Link> Links { get; } = [];
    }

    internal sealed class Link(Member target, int input) : IChangeListener
    {
        public Member Target { get; } = target;

        public bool WantsOld => true;

        public void OnChanges(in DeltaBatch changes, long sequence) => Target.View.Push(input, changes, sequence);

        public void OnStep(long sequence) { }
    }
}
