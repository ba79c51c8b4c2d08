using TickStore.Core;

namespace TickStore.Execution;

/// <summary>One key of an alert: the fold over its rows that both forms share.</summary>
internal sealed class AlertState(AlertNode node, BlockPool pool) : IDisposable
{
    private const long NotPending = long.MinValue;

    private readonly AlertRules rules = node.Rules;
    private readonly int[] one = new int[1];
    private Batch? held;
    private long[] recent = new long[node.Rules.RateCount];
    private int recentCount;
    private bool isSpent;
    private long since = NotPending;

    /// <summary>When the condition will have held for long enough; the greatest value while it does not hold.</summary>
    public long DueNanos => since == NotPending ? long.MaxValue : Add(since, rules.HoldsForNanos);

    /// <summary>Time of the last row, or of the last firing where that is later; the least value at first.</summary>
    public long Time { get; private set; } = long.MinValue;

    /// <summary>The <c>_seq</c> of the last row, where rows have one.</summary>
    public long Sequence { get; private set; } = -1;

    /// <summary>True while no row is held, so that the state is a few numbers.</summary>
    public bool IsQuiet => since == NotPending;

    /// <summary>Takes the next row.</summary>
    /// <param name="rows">Holds it.</param>
    /// <param name="row">Its index.</param>
    /// <param name="fire">Told of the row and the moment where the alert fires; perhaps twice, for the row before and this one.</param>
    public void Step(Batch rows, int row, Action<Batch, int, long> fire)
    {
        var time = rows[rules.TimeColumn].Values<long>()[row];
        PassTo(time, fire);
        Time = Math.Max(Time, time);
        Sequence = node.SequenceColumn < 0 ? -1 : rows[node.SequenceColumn].Values<long>()[row];
        var holds = IsTrue(rows[rules.HoldsColumn], row);
        if (isSpent)
        {
            isSpent = rules.RearmColumn < 0 ? holds : !IsTrue(rows[rules.RearmColumn], row);
        }

        if (isSpent || !holds)
        {
            since = NotPending;
            return;
        }

        since = since == NotPending ? time : since;
        if (rules.HoldsForNanos == 0)
        {
            Fire(rows, row, time, fire);
            return;
        }

        held ??= Batch.Allocate(node.Inputs[0].Schema, 1, pool);
        held.Clear();
        one[0] = row;
        held.AppendGather(rows, one);
    }

    /// <summary>Lets event time come to a moment: the alert fires where its time is due by then.</summary>
    public void PassTo(long nanos, Action<Batch, int, long> fire)
    {
        if (DueNanos <= nanos && since != NotPending)
        {
            Fire(held!, 0, DueNanos, fire);
        }
    }

    /// <summary>A quiet state that goes on from here by itself.</summary>
    public AlertState Clone() =>
        new(node, pool)
        {
            recent = [.. recent],
            recentCount = recentCount,
            isSpent = isSpent,
            Time = Time,
            Sequence = Sequence,
        };

    /// <summary>Writes the state.</summary>
    public void Save(StateWriter writer)
    {
        writer.WriteSpan<long>(recent);
        writer.Write(recentCount);
        writer.Write(isSpent);
        writer.Write(since);
        writer.Write(Time);
        writer.Write(Sequence);
        var hasRow = since != NotPending && held is not null;
        writer.Write(hasRow);
        if (hasRow)
        {
            writer.WriteBatch(held!);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(StateReader reader)
    {
        recent = reader.ReadSpan<long>().ToArray();
        recentCount = reader.Read<int>();
        isSpent = reader.Read<bool>();
        since = reader.Read<long>();
        Time = reader.Read<long>();
        Sequence = reader.Read<long>();
        if (reader.Read<bool>())
        {
            held = Batch.Allocate(node.Inputs[0].Schema, 1, pool);
            reader.ReadBatch(held);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => held?.Dispose();

    private static bool IsTrue(ColumnVector column, int row) => !column.IsNull(row) && column.Values<byte>()[row] != 0;

    private static long Add(long nanos, long span) => nanos > long.MaxValue - span ? long.MaxValue : nanos + span;

    private void Fire(Batch rows, int row, long nanos, Action<Batch, int, long> fire)
    {
        isSpent = true;
        since = NotPending;
        Time = Math.Max(Time, nanos);
        if (recent.Length > 0)
        {
            // The oldest of the last n firings says whether there is room for one more.
            var oldest = recent[recentCount % recent.Length];
            if (recentCount >= recent.Length && oldest > nanos - rules.RateNanos)
            {
                return;
            }

            recent[recentCount % recent.Length] = nanos;
            recentCount++;
        }

        fire(rows, row, nanos);
    }
}
