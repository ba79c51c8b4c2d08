using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of a projection that adds comparisons <c>time &lt;= watermark</c> to its input
/// (<see cref="WatermarkSplit"/>): a row whose time is still to come waits, in the order of those times, and changes
/// when the watermark passes. So bars become final, and EMIT ON WINDOW CLOSE lets them through. A watermark only grows:
/// what has passed stays passed.
/// </summary>
internal sealed class IncrementalWatermarks : IncrementalOperator
{
    private readonly int inputWidth;
    private readonly int[] tables;
    private readonly long[] passed;
    private readonly long[] before;
    private readonly bool[] isGate;
    private readonly bool timesOfKey;
    private readonly WaitingRows waiting;
    private readonly ExpressionSet timesOf;
    private readonly ExpressionSet oldTimesOf;
    private readonly BatchSchema timesSchema;
    private readonly DeltaBuffer buffer;
    private readonly DeltaBuffer oldTimes;
    private readonly Batch wide;
    private readonly Batch wideOld;
    private readonly Batch flags;
    private readonly Batch oldFlags;
    private readonly Batch due;
    private readonly long[] rowTimes;
    private readonly List<int> places = [];
    private DeltaCause[] causes = new DeltaCause[64];
    private byte[] hasOld = new byte[64];
    private byte[] isDue = new byte[64];

    /// <summary>Makes the operator.</summary>
    /// <param name="node">A projection for which <see cref="WatermarkSplit.IsFlags"/> holds.</param>
    /// <param name="input">Its input.</param>
    /// <param name="context">What the operators share.</param>
    /// <param name="gate">
    /// The filter above, or null: while one of its conjuncts has not passed, nobody needs to hear of a row's changes.
    /// </param>
    public IncrementalWatermarks(
        ProjectNode node,
        IncrementalOperator input,
        CircuitContext context,
        BoundExpression? gate
    )
        : base(node, input.KeyColumns)
    {
        inputWidth = input.Schema.ColumnCount;
        var conditions = node.Expressions.Skip(inputWidth).Select(e => WatermarkSplit.ConditionOf(e)!.Value).ToArray();
        tables = [.. conditions.Select(c => context.IndexOfInput(c.Table))];
        if (tables.Contains(-1))
        {
            Throw.Error(ErrorCode.Internal, "A circuit takes no watermark of a table that its plan compares with");
        }

        passed = new long[conditions.Length];
        passed.AsSpan().Fill(long.MinValue);
        before = new long[conditions.Length];
        rowTimes = new long[conditions.Length];
        isGate = [.. conditions.Select((_, i) => gate is not null && IsConjunct(gate, inputWidth + i))];
        var keys = input.KeyColumns.ToHashSet();
        timesOfKey = conditions.All(c => ColumnsOf(c.Time).All(keys.Contains));
        waiting = new WaitingRows(input.Schema, KeyColumns, conditions.Length, context.Pool);
        BoundExpression[] times = [.. conditions.Select(c => c.Time)];
        timesOf = new ExpressionSet(times, context.Evaluation);
        oldTimesOf = new ExpressionSet(times, context.Evaluation);
        timesSchema = new BatchSchema([.. times.Select((t, i) => new ColumnSchema($"time{i + 1}", t.Type))]);
        buffer = new DeltaBuffer(input.Schema, KeyColumns, input.CarriesOld, context.Pool);
        oldTimes = new DeltaBuffer(input.Schema, KeyColumns, input.CarriesOld, context.Pool);
        wide = Batch.CreateView(Schema);
        wideOld = Batch.CreateView(Schema);
        var flagSchema = new BatchSchema([
            .. Enumerable.Range(inputWidth, conditions.Length).Select(i => Schema[i] with { Nullable = true }),
        ]);
        flags = Batch.Allocate(flagSchema, 64, context.Pool);
        oldFlags = Batch.Allocate(flagSchema, 64, context.Pool);
        due = Batch.Allocate(input.Schema, 64, context.Pool);
        CarriesOld = input.CarriesOld || input.IsAppendOnly;
    }

    /// <inheritdoc/>
    public override string StateBound => "the rows whose time the watermark has not passed";

    /// <summary>How many rows wait.</summary>
    public int WaitingCount => waiting.Count;

    public override void Push(int input, in DeltaBatch delta)
    {
        var times = timesOf.Evaluate(delta.Rows);
        waiting.Prepare(delta.Rows);
        buffer.Clear();
        var hidden = 0;
        for (var row = 0; row < delta.RowCount; row++)
        {
            var isHidden = Replace(delta, row, times);
            hidden += isHidden ? 1 : 0;
            if (isHidden && hidden == 1)
            {
                // The first row that nobody needs to hear of: what came before it is copied, and from here on row by row.
                for (var earlier = 0; earlier < row; earlier++)
                {
                    Copy(delta, earlier);
                }
            }
            else if (hidden > 0 && !isHidden)
            {
                Copy(delta, row);
            }
        }

        if (hidden == 0)
        {
            EmitWide(delta, times);
        }
        else if (buffer.Count > 0)
        {
            EmitWide(buffer.Delta, timesOf.Evaluate(buffer.Rows));
        }

        waiting.CompactIfDue(passed);
    }

    public override void Flush(CircuitStep step)
    {
        passed.CopyTo(before, 0);
        places.Clear();
        if (isDue.Length < waiting.Rows.RowCount)
        {
            isDue = new byte[Math.Max(waiting.Rows.RowCount, isDue.Length * 2)];
        }

        for (var i = 0; i < passed.Length; i++)
        {
            passed[i] = Math.Max(passed[i], step.WatermarkOf(tables[i]));
            for (int place; passed[i] > before[i] && (place = waiting.Next(i, passed[i])) >= 0; )
            {
                if (isDue[place] == 0)
                {
                    isDue[place] = 1;
                    places.Add(place);
                }
            }
        }

        for (var start = 0; start < places.Count; start += Batch.VectorRows)
        {
            EmitDue(start, Math.Min(places.Count, start + Batch.VectorRows));
        }

        foreach (var place in places)
        {
            isDue[place] = 0;
        }

        if (places.Count > 0)
        {
            waiting.CompactIfDue(passed);
        }
    }

    public override void Save(StateWriter writer)
    {
        writer.WriteSpan<long>(passed);
        using var live = waiting.CopyLive();
        writer.WriteBatch(live);
    }

    public override void Load(StateReader reader)
    {
        var saved = reader.ReadSpan<long>();
        if (saved.Length != passed.Length)
        {
            Throw.Error(ErrorCode.Corruption, "A saved state has watermarks of another view");
        }

        saved.CopyTo(passed);
        using var live = Batch.Allocate(waiting.Rows.Schema, 64, waiting.Pool);
        reader.ReadBatch(live);
        if (live.RowCount == 0)
        {
            return;
        }

        var times = timesOf.Evaluate(live);
        waiting.Prepare(live);
        for (var row = 0; row < live.RowCount; row++)
        {
            ReadTimes(times, row);
            waiting.Add(live, row, rowTimes, passed);
        }
    }

    public override void Dispose()
    {
        waiting.Dispose();
        timesOf.Dispose();
        oldTimesOf.Dispose();
        buffer.Dispose();
        oldTimes.Dispose();
        flags.Dispose();
        oldFlags.Dispose();
        due.Dispose();
        base.Dispose();
    }

    private static bool IsConjunct(BoundExpression predicate, int column) =>
        predicate is LogicalExpression { IsAnd: true } and
            ? and.Operands.Any(o => IsConjunct(o, column))
            : predicate is ColumnExpression flag && flag.Index == column;

    private static IEnumerable<int> ColumnsOf(BoundExpression expression) =>
        expression is ColumnExpression column ? [column.Index] : BoundChildren.Of(expression).SelectMany(ColumnsOf);

    // The row takes the place of the one that had its key. True where neither was let through above, so that nothing has changed there.
    private bool Replace(in DeltaBatch delta, int row, ReadOnlySpan<ColumnVector> times)
    {
        var place = waiting.Find(delta.Rows, row);
        var wasShut = place >= 0 && IsShut(place);
        if (place >= 0)
        {
            waiting.Remove(row, place);
        }

        if (delta.IsDelete(row))
        {
            return wasShut;
        }

        ReadTimes(times, row);
        var (waits, isShut) = (false, false);
        for (var i = 0; i < rowTimes.Length; i++)
        {
            waits |= rowTimes[i] > passed[i];
            isShut |= isGate[i] && rowTimes[i] > passed[i];
        }

        if (waits)
        {
            waiting.Add(delta.Rows, row, rowTimes, passed);
        }

        // A key that did not wait either is new, or had passed; where the times are those of the key, what is ahead now always was.
        return isShut && (wasShut || (place < 0 && (timesOfKey || IsNew(delta, row))));
    }

    private bool IsShut(int place)
    {
        for (var i = 0; i < isGate.Length; i++)
        {
            if (isGate[i] && waiting.TimeOf(place, i) > passed[i])
            {
                return true;
            }
        }

        return false;
    }

    private bool IsNew(in DeltaBatch delta, int row) => CarriesOld && (delta.Old is null || delta.HasOld[row] == 0);

    // A time that is NULL never passes and is not waited for: its comparison is NULL.
    private void ReadTimes(ReadOnlySpan<ColumnVector> times, int row)
    {
        for (var i = 0; i < rowTimes.Length; i++)
        {
            rowTimes[i] = times[i].IsNull(row) ? long.MinValue : times[i].Values<long>()[row];
        }
    }

    private void Copy(in DeltaBatch delta, int row) =>
        buffer.Add(
            delta,
            row,
            delta.IsDelete(row) ? DeltaOp.Delete : DeltaOp.Upsert,
            delta.Old is not null && delta.HasOld[row] != 0
        );

    private void EmitWide(in DeltaBatch delta, ReadOnlySpan<ColumnVector> times)
    {
        Compare(times, delta.RowCount, passed, flags);
        Widen(wide, delta.Rows, flags);
        Batch? old = null;
        if (delta.Old is not null)
        {
            // Nothing was there before where the old row is NULL, and nothing is computed of it.
            var evaluated = oldTimes.EvaluateOld(delta, oldTimesOf, timesSchema);
            Compare(evaluated, passed, oldFlags);
            Widen(wideOld, delta.Old, oldFlags);
            old = wideOld;
        }

        Emit(
            new DeltaBatch(wide)
            {
                Ops = delta.Ops,
                Causes = delta.Causes,
                Old = old,
                HasOld = delta.HasOld,
            }
        );
    }

    private void EmitDue(int start, int end)
    {
        due.Clear();
        due.AppendGather(waiting.Rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(places)[start..end]);
        var count = end - start;
        if (causes.Length < count)
        {
            causes = new DeltaCause[Batch.VectorRows];
            hasOld = new byte[Batch.VectorRows];
            hasOld.AsSpan().Fill(1);
        }

        hasOld.AsSpan(0, count).Fill(1);
        waiting.Prepare(due);
        for (var row = 0; row < count; row++)
        {
            var place = places[start + row];
            var (stillWaits, opens) = (false, false);
            for (var i = 0; i < passed.Length; i++)
            {
                var time = waiting.TimeOf(place, i);
                stillWaits |= time > passed[i];
                opens |= isGate[i] && time > before[i] && time <= passed[i];
            }

            causes[row] = opens ? DeltaCause.New : DeltaCause.Update;
            if (!stillWaits)
            {
                waiting.Remove(row, place);
            }
        }

        var times = timesOf.Evaluate(due);
        Compare(times, count, passed, flags);
        Compare(times, count, before, oldFlags);
        Widen(wide, due, flags);
        Widen(wideOld, due, oldFlags);
        Emit(
            new DeltaBatch(wide)
            {
                Causes = causes.AsSpan(0, count),
                // Whoever is above was told that no old rows come, or that they always do.
                Old = CarriesOld ? wideOld : null,
                HasOld = CarriesOld ? hasOld.AsSpan(0, count) : default,
            }
        );
    }

    private static void Compare(Batch times, long[] limits, Batch target)
    {
        target.Clear();
        for (var i = 0; i < limits.Length; i++)
        {
            Compare(times[i], times.RowCount, limits[i], target[i]);
        }

        target.SetRowCount(times.RowCount);
    }

    private static void Compare(ReadOnlySpan<ColumnVector> times, int rowCount, long[] limits, Batch target)
    {
        target.Clear();
        for (var i = 0; i < limits.Length; i++)
        {
            Compare(times[i], rowCount, limits[i], target[i]);
        }

        target.SetRowCount(rowCount);
    }

    private static void Compare(ColumnVector times, int rowCount, long limit, ColumnVector target)
    {
        target.EnsureCapacity(rowCount);
        var values = times.Values<long>();
        var results = target.Writable<byte>();
        for (var row = 0; row < rowCount; row++)
        {
            results[row] = values[row] <= limit ? (byte)1 : (byte)0;
        }

        target.SetRowCount(rowCount);
        if (times.MayHaveNulls)
        {
            times.Validity[..rowCount].CopyTo(target.WritableValidity());
        }
    }

    private void Widen(Batch target, Batch rows, Batch compared)
    {
        for (var i = 0; i < target.ColumnCount; i++)
        {
            target[i].Borrow(i < inputWidth ? rows[i] : compared[i - inputWidth], 0, rows.RowCount);
        }

        target.SetRowCount(rows.RowCount);
    }
}
