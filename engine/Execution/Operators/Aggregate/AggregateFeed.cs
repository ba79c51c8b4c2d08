using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Brings rows to the states of an aggregation's calls, for one thread: evaluates arguments and FILTER, and sends the
/// arguments of DISTINCT calls through a table that keeps each value of a group once.
/// </summary>
internal sealed class AggregateFeed : IDisposable
{
    private readonly QueryRun run;
    private readonly Call[] calls;
    private readonly ColumnVector groupVector;
    private int[] keptGroups = [];

    public AggregateFeed(IReadOnlyList<AggregateCall> calls, QueryRun run)
    {
        this.run = run;
        groupVector = ColumnVector.Allocate(DataType.Int, Batch.VectorRows, run.Pool);
        this.calls = new Call[calls.Count];
        try
        {
            for (var i = 0; i < calls.Count; i++)
            {
                this.calls[i] = new Call(calls[i], run, FindOwner(calls, i));
                HasDistinct |= calls[i].Distinct;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>True where a call counts each value once; then rows come by <see cref="Update"/>.</summary>
    public bool HasDistinct { get; private set; }

    /// <summary>Makes sure that the states know groups 0 to <paramref name="groupCount"/> - 1.</summary>
    public void EnsureGroups(int groupCount)
    {
        foreach (var call in calls)
        {
            call.State.EnsureGroups(groupCount);
        }
    }

    /// <summary>Adds rows to groups that exist.</summary>
    public void Update(Batch batch, ReadOnlySpan<int> groups)
    {
        foreach (var call in calls)
        {
            var rows = batch;
            var rowGroups = groups;
            if (call.Filter is { } filter)
            {
                filter.Apply(batch);
                rows = call.Compact(batch, run.Pool);
                rowGroups = Keep(groups, filter.Kept);
            }

            if (rows.RowCount > 0)
            {
                Add(call, rows, rowGroups);
            }
        }
    }

    /// <summary>
    /// Adds rows [<paramref name="startRow"/>, <paramref name="endRow"/>) to groups, run by run where runs are long.
    /// DISTINCT calls are not for this.
    /// </summary>
    /// <param name="batch">The rows; arguments are evaluated over all of it.</param>
    /// <param name="startRow">First row.</param>
    /// <param name="endRow">Row behind the last one.</param>
    /// <param name="runStarts">First rows of runs, ascending, the first of them at <paramref name="startRow"/>.</param>
    /// <param name="groups">A group for each row of the batch.</param>
    public void UpdateRuns(Batch batch, int startRow, int endRow, ReadOnlySpan<int> runStarts, ReadOnlySpan<int> groups)
    {
        foreach (var call in calls)
        {
            if (call.Filter is { } filter)
            {
                UpdateFiltered(call, filter, batch, startRow, endRow, groups);
                continue;
            }

            var arguments = call.Arguments.Evaluate(batch);
            if ((endRow - startRow) / runStarts.Length < ShortRunRows)
            {
                call.State.Update(call.Slice(arguments, startRow, endRow - startRow), groups[startRow..endRow]);
                continue;
            }

            for (var i = 0; i < runStarts.Length; i++)
            {
                var start = runStarts[i];
                var end = i + 1 < runStarts.Length ? runStarts[i + 1] : endRow;
                call.State.UpdateRun(arguments, start, end - start, groups[start]);
            }
        }
    }

    /// <summary>
    /// Adds another thread's groups to the groups here that <paramref name="groups"/> names, which exist.
    /// </summary>
    public void Merge(AggregateFeed other, ReadOnlySpan<int> groups)
    {
        for (var i = 0; i < calls.Length; i++)
        {
            if (calls[i].Distinct is null)
            {
                calls[i].State.Merge(other.calls[i].State, groups);
            }
            else
            {
                MergeDistinct(calls[i], other.calls[i].Distinct!, groups);
            }
        }
    }

    /// <summary>Adds the values that DISTINCT calls have gathered; once, when all rows are known.</summary>
    public void Finish()
    {
        foreach (var call in calls)
        {
            if (call.Distinct is { } distinct)
            {
                FinishDistinct(call, distinct);
            }
        }
    }

    /// <summary>Appends the results of groups to one vector for each call.</summary>
    public void AppendResults(int start, int count, Batch target, int firstColumn)
    {
        for (var i = 0; i < calls.Length; i++)
        {
            calls[i].State.AppendResults(start, count, target[firstColumn + i]);
        }
    }

    /// <summary>Forgets all groups.</summary>
    public void Reset()
    {
        foreach (var call in calls)
        {
            call.State.Reset();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        groupVector.Dispose();
        foreach (var call in calls)
        {
            call?.Dispose();
        }
    }

    // By itself, for what a lambda captures is allocated where the scope begins, also for calls that need none.
    private void FinishDistinct(Call call, KeyTable distinct) =>
        ForEachChunk(distinct, arguments => call.State.Update(arguments.AsSpan(1), arguments[0].Values<int>()));

    // Below this length a call per run costs more than naming each row's group.
    private const int ShortRunRows = 12;

    // Quantiles of one column with different fractions keep its rows once: the first of them does.
    private FractionState? FindOwner(IReadOnlyList<AggregateCall> described, int index)
    {
        var call = described[index];
        if (!IsShareable(call))
        {
            return null;
        }

        for (var i = 0; i < index; i++)
        {
            var other = described[i];
            if (
                IsShareable(other)
                && calls[i].State is FractionState owner
                && ReferenceEquals(other.Function.Function, call.Function.Function)
                && Equals(other.Filter, call.Filter)
                && other.Arguments[0].Equals(call.Arguments[0])
            )
            {
                return owner;
            }
        }

        return null;

        static bool IsShareable(AggregateCall call) =>
            call is { Distinct: false, Arguments: [_, ConstantExpression { Value.IsNull: false }] };
    }

    private void Add(Call call, Batch rows, ReadOnlySpan<int> groups)
    {
        var arguments = call.Arguments.Evaluate(rows);
        if (call.Distinct is null)
        {
            call.State.Update(arguments, groups);
            return;
        }

        groupVector.SetRowCount(0);
        groupVector.EnsureCapacity(groups.Length);
        groups.CopyTo(groupVector.Writable<int>());
        groupVector.SetRowCount(groups.Length);
        call.Distinct.Assign([groupVector, .. arguments], groups.Length, call.DistinctNumbers(groups.Length));
    }

    private void UpdateFiltered(
        Call call,
        RowFilter filter,
        Batch batch,
        int startRow,
        int endRow,
        ReadOnlySpan<int> groups
    )
    {
        filter.Apply(batch);
        var kept = filter.Kept;
        var from = LowerBound(kept, startRow);
        var to = LowerBound(kept, endRow);
        if (to > from)
        {
            var arguments = call.Arguments.Evaluate(call.Compact(batch, run.Pool));
            call.State.Update(call.Slice(arguments, from, to - from), Keep(groups, kept[from..to]));
        }
    }

    private static int LowerBound(ReadOnlySpan<int> rows, int row)
    {
        var at = rows.BinarySearch(row);
        return at < 0 ? ~at : at;
    }

    private ReadOnlySpan<int> Keep(ReadOnlySpan<int> groups, ReadOnlySpan<int> rows)
    {
        keptGroups = keptGroups.Length < rows.Length ? new int[Math.Max(rows.Length, Batch.VectorRows)] : keptGroups;
        for (var i = 0; i < rows.Length; i++)
        {
            keptGroups[i] = groups[rows[i]];
        }

        return keptGroups.AsSpan(0, rows.Length);
    }

    private void MergeDistinct(Call call, KeyTable other, ReadOnlySpan<int> groups)
    {
        var map = groups.ToArray();
        ForEachChunk(
            other,
            columns =>
            {
                var rowCount = columns[0].RowCount;
                groupVector.SetRowCount(0);
                groupVector.EnsureCapacity(rowCount);
                var mapped = groupVector.Writable<int>();
                var local = columns[0].Values<int>();
                for (var i = 0; i < rowCount; i++)
                {
                    mapped[i] = map[local[i]];
                }

                groupVector.SetRowCount(rowCount);
                columns[0] = groupVector;
                call.Distinct!.Assign(columns, rowCount, call.DistinctNumbers(rowCount));
            }
        );
    }

    private void ForEachChunk(KeyTable table, Action<ColumnVector[]> body)
    {
        var views = new ColumnVector[table.Keys.Length];
        for (var i = 0; i < views.Length; i++)
        {
            views[i] = ColumnVector.CreateView(table.Keys[i].Type);
        }

        for (var start = 0; start < table.Count; start += Batch.VectorRows)
        {
            run.ThrowIfCancelled();
            var rowCount = Math.Min(Batch.VectorRows, table.Count - start);
            for (var i = 0; i < views.Length; i++)
            {
                views[i].Borrow(table.Keys[i], start, rowCount);
            }

            body([.. views]);
        }
    }

    private sealed class Call : IDisposable
    {
        private readonly ColumnVector[] slices;
        private Batch? compact;
        private int[] numbers = [];

        public Call(AggregateCall call, QueryRun run, FractionState? owner)
        {
            Arguments = new ExpressionSet(call.Arguments, run.Context);
            Filter = call.Filter is null ? null : new RowFilter(call.Filter, run.Context);
            slices = [.. call.Arguments.Select(a => ColumnVector.CreateView(a.Type))];
            State =
                owner?.CreateReader(((ConstantExpression)call.Arguments[1]).Value.Real)
                ?? call.Function.CreateState(run.Context);
            try
            {
                KeyType[] types =
                [
                    new(DataType.Int, false),
                    .. call.Arguments.Select(a => new KeyType(a.Type, a.Nullable)),
                ];
                Distinct = call.Distinct ? KeyTable.Create(types, run.Pool) : null;
            }
            catch
            {
                State.Dispose();
                throw;
            }
        }

        public ExpressionSet Arguments { get; }

        public RowFilter? Filter { get; }

        public AggregateState State { get; }

        public KeyTable? Distinct { get; }

        // A row that the filter drops is never evaluated, so the arguments see the kept rows only.
        public Batch Compact(Batch batch, BlockPool pool)
        {
            if (Filter!.Kept.Length == batch.RowCount)
            {
                return batch;
            }

            compact ??= Batch.Allocate(batch.Schema, Batch.VectorRows, pool);
            compact.Clear();
            compact.AppendGather(batch, Filter.Kept);
            return compact;
        }

        public ReadOnlySpan<ColumnVector> Slice(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount)
        {
            for (var i = 0; i < slices.Length; i++)
            {
                slices[i].Borrow(arguments[i], startRow, rowCount);
            }

            return slices;
        }

        public Span<int> DistinctNumbers(int rowCount)
        {
            numbers = numbers.Length < rowCount ? new int[Math.Max(rowCount, Batch.VectorRows)] : numbers;
            return numbers;
        }

        public void Dispose()
        {
            Arguments.Dispose();
            Filter?.Dispose();
            State.Dispose();
            Distinct?.Dispose();
            compact?.Dispose();
        }
    }
}
