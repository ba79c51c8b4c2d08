using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A row that was, or -1, and the row that takes its place, or -1; in a group each.</summary>
/// <param name="Old">Index among the old rows.</param>
/// <param name="New">Index among the new rows.</param>
internal readonly record struct RowChange(int Old, int New);

/// <summary>
/// One aggregate of an incremental aggregation: evaluates arguments and FILTER over the rows that come and go, lets each value of a group
/// through once where the call is DISTINCT, and keeps the states of all groups.
/// </summary>
internal sealed class IncrementalCall : IncrementalStates
{
    private readonly AggregateState state;
    private readonly DistinctValues? distinct;
    private readonly CallRows added;
    private readonly CallRows removed;
    private readonly bool canTakeOut;
    private readonly int column;

    public IncrementalCall(AggregateCall call, int column, EvaluationContext context)
    {
        this.column = column;
        state = call.Function.CreateState(context);
        if (!state.IsIncremental)
        {
            state.Dispose();
            Throw.Error(
                ErrorCode.NotSupported,
                $"{call.Function.Function.Name} looks at all rows of its group again for each new one, so it cannot be kept up "
                    + "incrementally; approx_quantile can"
            );
        }

        distinct = call.Distinct ? new DistinctValues(call.Arguments, context.Pool) : null;
        added = new CallRows(call, context);
        removed = new CallRows(call, context);
        // The fraction of a quantile is kept as the greatest of all rows', which forgets nothing where it is a constant.
        canTakeOut = state is not FractionState || call.Arguments[^1] is ConstantExpression;
    }

    /// <inheritdoc/>
    public override void EnsureGroups(int placeCount)
    {
        state.EnsureGroups(placeCount);
        distinct?.EnsureGroups(placeCount);
    }

    /// <inheritdoc/>
    public override void Add(Batch rows, ReadOnlySpan<int> places, bool isOneGroup)
    {
        var arguments = added.Evaluate(rows, places);
        places = added.Places;
        if (places.IsEmpty)
        {
            return;
        }

        if (distinct is not null)
        {
            AddDistinct(arguments, places);
        }
        else if (isOneGroup)
        {
            state.UpdateRun(arguments, 0, places.Length, places[0]);
        }
        else
        {
            state.Update(arguments, places);
        }
    }

    /// <inheritdoc/>
    public override void Change(
        Batch oldRows,
        ReadOnlySpan<int> oldPlaces,
        Batch newRows,
        ReadOnlySpan<int> newPlaces,
        ReadOnlySpan<RowChange> changes,
        IncrementalGroups groups
    )
    {
        var before = removed.Evaluate(oldRows, oldPlaces);
        var after = added.Evaluate(newRows, newPlaces);
        ReadOnlySpan<int> wasNumbers = default;
        ReadOnlySpan<int> isNumbers = default;
        if (distinct is not null)
        {
            wasNumbers = distinct.Assign(before, removed.Places, ofOldRows: true);
            isNumbers = distinct.Assign(after, added.Places);
        }

        foreach (var change in changes)
        {
            var old = change.Old < 0 ? -1 : removed.PositionOf(change.Old);
            var row = change.New < 0 ? -1 : added.PositionOf(change.New);
            if (distinct is null && old >= 0 && row >= 0 && removed.Places[old] == added.Places[row])
            {
                var place = added.Places[row];
                if (!groups.MustRebuild(place) && !(canTakeOut && state.TryReplace(before, old, after, row, place)))
                {
                    groups.AskToRebuild(place);
                }

                continue;
            }

            if (old >= 0 && !groups.MustRebuild(removed.Places[old]))
            {
                var isLast = distinct is null || --distinct.CountOf(wasNumbers[old]) == 0;
                if (isLast && !(canTakeOut && state.TryRemove(before, old, removed.Places[old])))
                {
                    groups.AskToRebuild(removed.Places[old]);
                }
            }

            if (row >= 0 && !groups.MustRebuild(added.Places[row]))
            {
                if (distinct is null || distinct.CountOf(isNumbers[row])++ == 0)
                {
                    state.UpdateRun(after, row, 1, added.Places[row]);
                }
            }
        }

        distinct?.CompactIfDue();
    }

    /// <inheritdoc/>
    public override void AppendResults(ReadOnlySpan<int> places, Batch target) =>
        state.AppendResults(places, target[column]);

    /// <inheritdoc/>
    public override void ResetGroup(int place)
    {
        state.ResetGroup(place);
        distinct?.ResetGroup(place);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer, ReadOnlySpan<int> live)
    {
        state.Save(writer, live);
        distinct?.Save(writer, live);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader, ReadOnlySpan<int> places)
    {
        state.Load(reader, places);
        distinct?.Load(reader);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        added.Dispose();
        removed.Dispose();
        state.Dispose();
        distinct?.Dispose();
    }

    private void AddDistinct(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> places)
    {
        var numbers = distinct!.Assign(arguments, places);
        for (var row = 0; row < numbers.Length; row++)
        {
            if (distinct.CountOf(numbers[row])++ == 0)
            {
                state.UpdateRun(arguments, row, 1, places[row]);
            }
        }

        distinct.CompactIfDue();
    }
}

/// <summary>The rows of a batch that a call's FILTER lets through, its arguments over them, and their groups.</summary>
internal sealed class CallRows(AggregateCall call, EvaluationContext context) : IDisposable
{
    private readonly ExpressionSet arguments = new(call.Arguments, context);
    private readonly RowFilter? filter = call.Filter is null ? null : new RowFilter(call.Filter, context);
    private Batch? compact;
    private int[] places = [];
    private int[] positions = [];
    private int count;

    /// <summary>The group of each row that was let through.</summary>
    public ReadOnlySpan<int> Places => places.AsSpan(0, count);

    /// <summary>Where a row of the batch stands among those let through; -1 if it is not.</summary>
    public int PositionOf(int row) => filter is null ? row : positions[row];

    /// <summary>Filters rows, and evaluates the arguments of those let through; valid until the next call.</summary>
    public ReadOnlySpan<ColumnVector> Evaluate(Batch rows, ReadOnlySpan<int> rowPlaces)
    {
        count = 0;
        if (rows.RowCount == 0)
        {
            return arguments.Evaluate(rows);
        }

        if (places.Length < rows.RowCount)
        {
            places = new int[Math.Max(rows.RowCount, places.Length * 2)];
            positions = new int[places.Length];
        }

        if (filter is null)
        {
            rowPlaces.CopyTo(places);
            count = rows.RowCount;
            return arguments.Evaluate(rows);
        }

        filter.Apply(rows);
        positions.AsSpan(0, rows.RowCount).Fill(-1);
        foreach (var row in filter.Kept)
        {
            positions[row] = count;
            places[count++] = rowPlaces[row];
        }

        return arguments.Evaluate(Compact(rows));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        arguments.Dispose();
        filter?.Dispose();
        compact?.Dispose();
    }

    // A row that the filter drops is never evaluated, so the arguments see the kept rows only.
    private Batch Compact(Batch rows)
    {
        if (count == rows.RowCount)
        {
            return rows;
        }

        compact ??= Batch.Allocate(rows.Schema, 1, context.Pool);
        compact.Clear();
        compact.AppendGather(rows, filter!.Kept);
        return compact;
    }
}
