using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The keys of a context, a slot each: the newest row that each has seen.</summary>
internal sealed class ContextSlots : IDisposable
{
    private readonly ContextNode node;
    private readonly BlockPool pool;
    private readonly ExpressionSet keys;
    private readonly ExpressionSet order;
    private readonly KeyTable? table;
    private readonly GroupArray<Newest> newest;
    private readonly KeyScratch scratch = new();
    private readonly BucketTimes? spans;
    private int[] numbers = new int[Batch.VectorRows];

    public ContextSlots(ContextNode node, EvaluationContext context)
    {
        this.node = node;
        pool = context.Pool;
        keys = new ExpressionSet(node.Keys, context);
        BoundExpression[] parts = node.Reset is null ? [node.Time] : [node.Time, node.Reset];
        order = new ExpressionSet(node.Sequence is null ? parts : [.. parts, node.Sequence], context);
        table =
            node.Keys.Count == 0
                ? null
                : KeyTable.Create([.. node.Keys.Select(k => new KeyType(k.Type, k.Nullable))], pool);
        newest = new GroupArray<Newest>(pool);
        spans =
            node.Reset is not null && BucketTimes.Of(node.Reset) is { } times && IsTime(times.Column) ? times : null;
        if (table is null)
        {
            newest.EnsureCount(1);
        }
    }

    /// <summary>How many keys there are.</summary>
    public int Count => newest.Count;

    /// <summary>The newest row of each slot.</summary>
    public Span<Newest> Rows => newest.Values;

    /// <summary>A slot for each row; new keys get one. Valid until the next call.</summary>
    public ReadOnlySpan<int> Assign(Batch rows)
    {
        var slots = NumbersFor(rows.RowCount);
        if (table is null)
        {
            slots.Clear();
            return slots;
        }

        table.Assign(keys.Evaluate(rows), rows.RowCount, slots);
        newest.EnsureCount(table.Count);
        return slots;
    }

    /// <summary>The slot of each row, or -1. Valid until the next call.</summary>
    public ReadOnlySpan<int> Find(Batch rows)
    {
        var slots = NumbersFor(rows.RowCount);
        if (table is null)
        {
            slots.Clear();
            return slots;
        }

        table.Find(keys.Evaluate(rows), rows.RowCount, slots, scratch);
        return slots;
    }

    /// <summary>What orders the rows; on loan until the next call.</summary>
    public RowOrder OrderOf(Batch rows)
    {
        var vectors = order.Evaluate(rows);
        var next = 1;
        return new RowOrder(
            vectors[0].Values<long>()[..rows.RowCount],
            node.Reset is null ? null : vectors[next++],
            node.Sequence is null ? default : vectors[next].Values<long>()[..rows.RowCount]
        );
    }

    /// <summary>The times that the rows of a span between two resets may have, as far as that can be told from the span.</summary>
    public (long From, long To) TimesOf(long span) => spans?.RangeOf(span) ?? (long.MinValue, long.MaxValue);

    /// <summary>The input narrowed to the rows that may have the key of a slot, of times from one to another.</summary>
    public PlanNode Narrow(int slot, long from, long to, ISymbolTable symbols)
    {
        var plan = node.Inputs[0];
        if (node.Time is ColumnExpression time && (from > long.MinValue || to < long.MaxValue))
        {
            plan = PlanRange.Narrow(plan, new RangeCondition(time.Index, from, to));
        }

        for (var i = 0; i < node.Keys.Count; i++)
        {
            if (node.Keys[i] is ColumnExpression column)
            {
                plan = PlanRange.Narrow(plan, RangeCondition.Equal(column.Index, table!.Keys[i], slot, symbols));
            }
        }

        return plan;
    }

    /// <summary>Writes keys and their newest rows.</summary>
    public void Save(StateWriter writer)
    {
        writer.WriteSpan<Newest>(newest.Values);
        if (table is not null)
        {
            foreach (var key in table.Keys)
            {
                writer.WriteVector(key);
            }
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, into an object without keys.</summary>
    public void Load(StateReader reader)
    {
        var saved = reader.ReadSpan<Newest>();
        newest.EnsureCount(saved.Length);
        saved.CopyTo(newest.Values);
        if (table is null)
        {
            return;
        }

        var columns = node.Keys.Select(k => ColumnVector.Allocate(k.Type, Batch.VectorRows, pool)).ToArray();
        foreach (var column in columns)
        {
            reader.ReadVector(column);
        }

        table.Assign(columns, newest.Count, NumbersFor(newest.Count));
        foreach (var column in columns)
        {
            column.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        keys.Dispose();
        order.Dispose();
        table?.Dispose();
        newest.Dispose();
    }

    private bool IsTime(int column) => node.Time is ColumnExpression time && time.Index == column;

    private Span<int> NumbersFor(int rowCount)
    {
        if (numbers.Length < rowCount)
        {
            numbers = new int[rowCount];
        }

        return numbers.AsSpan(0, rowCount);
    }
}

/// <summary>The newest row of a key.</summary>
internal struct Newest
{
    /// <summary>Event time.</summary>
    public long Time;

    /// <summary>What orders rows of equal time.</summary>
    public long Sequence;

    /// <summary>The span between two resets that it lies in.</summary>
    public long Span;

    /// <summary>No row of the span is older.</summary>
    public long Oldest;

    /// <summary>How many rows the span has, roughly.</summary>
    public long Count;

    /// <summary>How many rows the key has, roughly.</summary>
    public long Total;

    /// <summary>The total at which the next snapshot is due.</summary>
    public long Due;

    /// <summary>0 before the first row.</summary>
    public byte IsSeen;

    /// <summary>True where nothing tells a row of that time from the newest one.</summary>
    public readonly bool IsTied(long time, bool hasSequence) => !hasSequence && IsSeen != 0 && Time == time;
}

/// <summary>What orders the rows of a batch, and which span between two resets they lie in.</summary>
internal readonly ref struct RowOrder(ReadOnlySpan<long> times, ColumnVector? spans, ReadOnlySpan<long> sequences)
{
    /// <summary>Event times.</summary>
    public ReadOnlySpan<long> Times { get; } = times;

    /// <summary>What orders rows of equal time; empty where nothing does.</summary>
    public ReadOnlySpan<long> Sequences { get; } = sequences;

    /// <summary>The span that a row lies in; 0 where there are no resets.</summary>
    public long SpanOf(int row) =>
        spans is null ? 0
        : spans.Type.Physical == PhysicalType.Int64 ? spans.Values<long>()[row]
        : spans.Values<int>()[row];

    /// <summary>Where a row lies among those of its key.</summary>
    public RowPlace PlaceOf(int row) => new(SpanOf(row), Times[row], SequenceOf(row));

    /// <summary>What orders a row among those of equal time.</summary>
    public long SequenceOf(int row) => Sequences.IsEmpty ? 0 : Sequences[row];

    /// <summary>True where a row comes before the newest one of its key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLate(int row, in Newest newest) =>
        newest.IsSeen != 0
        && (
            Times[row] < newest.Time
            || (Times[row] == newest.Time && !Sequences.IsEmpty && Sequences[row] < newest.Sequence)
        );
}
