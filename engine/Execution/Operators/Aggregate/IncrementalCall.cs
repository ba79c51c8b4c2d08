using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// One aggregate of an incremental aggregation: evaluates arguments and FILTER over the rows that come, lets each value of a group through
/// once where the call is DISTINCT, and keeps the states of all groups.
/// </summary>
internal sealed class IncrementalCall : IDisposable
{
    private readonly BlockPool pool;
    private readonly ExpressionSet arguments;
    private readonly RowFilter? filter;
    private readonly KeyTable? distinct;
    private readonly ColumnVector groupVector;
    private readonly ColumnVector[] distinctKeys;
    private readonly ColumnVector[] distinctArguments;
    private Batch? compact;
    private int[] keptGroups = [];
    private int[] numbers = [];

    public IncrementalCall(AggregateCall call, EvaluationContext context)
    {
        pool = context.Pool;
        arguments = new ExpressionSet(call.Arguments, context);
        filter = call.Filter is null ? null : new RowFilter(call.Filter, context);
        State = call.Function.CreateState(context);
        groupVector = ColumnVector.Allocate(DataType.Int, 1, pool);
        distinctKeys = new ColumnVector[call.Arguments.Count + 1];
        distinctArguments = [];
        if (call.Distinct)
        {
            distinct = KeyTable.Create(
                [new(DataType.Int, false), .. call.Arguments.Select(a => new KeyType(a.Type, a.Nullable))],
                pool
            );
            distinctArguments = [.. call.Arguments.Select(a => ColumnVector.Allocate(a.Type, 1, pool))];
        }
    }

    /// <summary>The states of the groups.</summary>
    public AggregateState State { get; }

    /// <summary>Adds rows to groups that the state knows.</summary>
    public void Add(Batch rows, ReadOnlySpan<int> groups, bool isOneGroup)
    {
        if (filter is not null)
        {
            filter.Apply(rows);
            groups = Keep(groups, filter.Kept);
            rows = Compact(rows);
        }

        if (rows.RowCount == 0)
        {
            return;
        }

        var values = arguments.Evaluate(rows);
        if (distinct is not null)
        {
            AddDistinct(values, groups);
        }
        else if (isOneGroup)
        {
            State.UpdateRun(values, 0, rows.RowCount, 0);
        }
        else
        {
            State.Update(values, groups);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        arguments.Dispose();
        filter?.Dispose();
        State.Dispose();
        distinct?.Dispose();
        groupVector.Dispose();
        compact?.Dispose();
        foreach (var vector in distinctArguments)
        {
            vector.Dispose();
        }
    }

    private void AddDistinct(ReadOnlySpan<ColumnVector> values, ReadOnlySpan<int> groups)
    {
        groupVector.SetRowCount(0);
        groupVector.EnsureCapacity(groups.Length);
        groups.CopyTo(groupVector.Writable<int>());
        groupVector.SetRowCount(groups.Length);
        distinctKeys[0] = groupVector;
        values.CopyTo(distinctKeys.AsSpan(1));
        numbers = numbers.Length < groups.Length ? new int[Math.Max(groups.Length, numbers.Length * 2)] : numbers;
        var newRows = distinct!.Assign(distinctKeys, groups.Length, numbers);
        if (newRows.IsEmpty)
        {
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            distinctArguments[i].SetRowCount(0);
            VectorCopy.AppendGather(values[i], newRows, distinctArguments[i]);
        }

        State.Update(distinctArguments, Keep(groups, newRows));
    }

    // A row that the filter drops is never evaluated, so the arguments see the kept rows only.
    private Batch Compact(Batch rows)
    {
        if (filter!.Kept.Length == rows.RowCount)
        {
            return rows;
        }

        compact ??= Batch.Allocate(rows.Schema, 1, pool);
        compact.Clear();
        compact.AppendGather(rows, filter.Kept);
        return compact;
    }

    private ReadOnlySpan<int> Keep(ReadOnlySpan<int> groups, ReadOnlySpan<int> rows)
    {
        if (rows.Length == groups.Length)
        {
            return groups;
        }

        keptGroups =
            keptGroups.Length < rows.Length ? new int[Math.Max(rows.Length, keptGroups.Length * 2)] : keptGroups;
        for (var i = 0; i < rows.Length; i++)
        {
            keptGroups[i] = groups[rows[i]];
        }

        return keptGroups.AsSpan(0, rows.Length);
    }
}
