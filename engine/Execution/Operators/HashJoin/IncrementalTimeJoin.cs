using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of a join whose condition bounds the distance of both rows' times. A new row of either side is joined with the
/// rows of the other one within the bound; the whole condition is computed for each pair. In a left join a row that finds its first
/// partner loses its place without one.
/// </summary>
internal sealed class IncrementalTimeJoin : StreamJoin
{
    private readonly JoinNode node;
    private readonly RowFilter? filter;
    private readonly JoinWriter writer;
    private readonly DeltaBuffer buffer;
    private readonly PairList old;
    private readonly PairList now;

    public IncrementalTimeJoin(
        JoinNode node,
        IncrementalOperator left,
        IncrementalOperator right,
        CircuitContext context
    )
        : base(
            node,
            [.. left.KeyColumns, .. right.KeyColumns.Select(k => left.Schema.ColumnCount + k)],
            ShapeOf(node),
            left,
            right,
            context,
            KeptRows(context)
        )
    {
        this.node = node;
        IsAppendOnly = node.Kind == JoinKind.Inner && !Left.IsKeyed && !Right.IsKeyed;
        CarriesOld = !IsAppendOnly;
        filter = node.Residual is null ? null : new RowFilter(node.Residual, context.Evaluation);
        writer = new JoinWriter(left.Schema, right.Schema, Schema, context.Pool);
        buffer = new DeltaBuffer(Schema, KeyColumns, CarriesOld, context.Pool);
        old = new PairList(context.Pool);
        now = new PairList(context.Pool);
    }

    public override void Dispose()
    {
        filter?.Dispose();
        writer.Dispose();
        buffer.Dispose();
        old.Dispose();
        now.Dispose();
        base.Dispose();
    }

    protected override void Join(JoinSide left, JoinSide right, int rightKey)
    {
        for (var start = 0; start < Candidates.Count; start += Batch.VectorRows)
        {
            var count = Math.Min(Batch.VectorRows, Candidates.Count - start);
            Gather(start, count, left, right, rightKey, ofOld: true, old);
            Gather(start, count, left, right, rightKey, ofOld: false, now);
            buffer.Clear();
            // A pair that goes and comes again in another form goes first.
            AddChanges(start, count, left, right, ofOld: true);
            AddChanges(start, count, left, right, ofOld: false);
            Emit(buffer.Delta);
        }
    }

    private static StreamJoinShape ShapeOf(JoinNode node)
    {
        var bound =
            TimeBound.Find(node)
            ?? Throw.Error<TimeBound>(ErrorCode.Internal, "A join of a circuit has a bound on its times");
        return new StreamJoinShape(
            StreamJoinShape.ColumnsOf([.. node.LeftKeys.Where((_, i) => i != bound.KeyIndex)]),
            StreamJoinShape.ColumnsOf([.. node.RightKeys.Where((_, i) => i != bound.KeyIndex)]),
            StreamJoinShape.ColumnsOf([bound.LeftTime])[0],
            StreamJoinShape.ColumnsOf([bound.RightTime])[0],
            bound.StartNanos,
            bound.EndNanos
        );
    }

    // The partners of some candidates that pass the condition, candidate by candidate.
    private void Gather(int start, int count, JoinSide left, JoinSide right, int rightKey, bool ofOld, PairList pairs)
    {
        pairs.Clear();
        for (var i = start; i < start + count; i++)
        {
            var slot = ofOld ? Candidates.Old[i] : Candidates.Now[i];
            if (slot >= 0 && left.KeyOf(slot) is >= 0 and var key)
            {
                var from = Shape.Start(left.TimeOf(slot));
                var at = right.Find(rightKey >= 0 ? rightKey : key, Shape.End(left.TimeOf(slot)), ofOld);
                for (; at >= 0 && right.TimeOf(at) >= from; at = right.Previous(at))
                {
                    if (right.IsVisible(at, ofOld))
                    {
                        pairs.Add(i, slot, at);
                    }
                }
            }
        }

        if (filter is not null)
        {
            Filter(left, right, pairs);
        }
    }

    private void Filter(JoinSide left, JoinSide right, PairList pairs)
    {
        var kept = 0;
        for (var start = 0; start < pairs.Count; start += Batch.VectorRows)
        {
            var count = Math.Min(Batch.VectorRows, pairs.Count - start);
            filter!.Apply(
                writer.Write(left.Rows, pairs.Left.Slice(start, count), right.Rows, pairs.Right.Slice(start, count))
            );
            foreach (var row in filter.Kept)
            {
                pairs.Move(start + row, kept++);
            }
        }

        pairs.Cut(kept);
    }

    // What goes, from the pairs before the step, or what comes, from those behind it.
    private void AddChanges(int start, int count, JoinSide left, JoinSide right, bool ofOld)
    {
        var (pairs, others) = ofOld ? (old, now) : (now, old);
        var (at, otherAt, changed) = (0, 0, 0);
        for (var i = start; i < start + count; i++)
        {
            var (slot, other) = ofOld ? (Candidates.Old[i], Candidates.Now[i]) : (Candidates.Now[i], Candidates.Old[i]);
            var (first, otherFirst) = (at, otherAt);
            while (at < pairs.Count && pairs.Candidate[at] == i)
            {
                // The same pair on both sides of the step is no change.
                if (slot != other || !right.IsVisible(pairs.Right[at], !ofOld))
                {
                    pairs.Note(changed++, at);
                }

                at++;
            }

            while (otherAt < others.Count && others.Candidate[otherAt] == i)
            {
                otherAt++;
            }

            var isAlone = node.Kind == JoinKind.Left && slot >= 0 && at == first;
            var wasAlone = node.Kind == JoinKind.Left && other >= 0 && otherAt == otherFirst;
            if (isAlone && !(wasAlone && slot == other))
            {
                pairs.NoteAlone(changed++, i, slot);
            }
        }

        for (var from = 0; from < changed; from += Batch.VectorRows)
        {
            Append(pairs, from, Math.Min(Batch.VectorRows, changed - from), left, right, ofOld);
        }
    }

    private void Append(PairList pairs, int from, int count, JoinSide left, JoinSide right, bool ofOld)
    {
        var rows = writer.Write(
            left.Rows,
            pairs.ChangedLeft.Slice(from, count),
            right.Rows,
            pairs.ChangedRight.Slice(from, count)
        );
        if (IsAppendOnly)
        {
            var first = buffer.Count;
            buffer.Rows.AppendRange(rows, 0, count);
            for (var row = 0; row < count; row++)
            {
                var cause = Candidates.CauseOf(pairs.ChangedCandidate[from + row]);
                buffer.Note(first + row, DeltaOp.Upsert, cause == DeltaCause.Update ? DeltaCause.New : cause, false);
            }

            return;
        }

        for (var row = 0; row < count; row++)
        {
            var cause = Candidates.CauseOf(pairs.ChangedCandidate[from + row]);
            buffer.Add(
                rows,
                row,
                ofOld ? DeltaOp.Delete : DeltaOp.Upsert,
                cause,
                ofOld ? rows : null,
                ofOld ? row : -1
            );
        }
    }

    // Pairs of slots, each with the number of its candidate; and those of them that are changes.
    private sealed class PairList(BlockPool pool) : IDisposable
    {
        private readonly PooledList<int> candidate = new(pool);
        private readonly PooledList<int> left = new(pool);
        private readonly PooledList<int> right = new(pool);
        private readonly PooledList<int> changedCandidate = new(pool);
        private readonly PooledList<int> changedLeft = new(pool);
        private readonly PooledList<int> changedRight = new(pool);

        public int Count => candidate.Count;

        public ReadOnlySpan<int> Candidate => candidate.Span;

        public ReadOnlySpan<int> Left => left.Span;

        public ReadOnlySpan<int> Right => right.Span;

        public ReadOnlySpan<int> ChangedCandidate => changedCandidate.Span;

        public ReadOnlySpan<int> ChangedLeft => changedLeft.Span;

        public ReadOnlySpan<int> ChangedRight => changedRight.Span;

        public void Add(int number, int leftSlot, int rightSlot)
        {
            candidate.Add(number);
            left.Add(leftSlot);
            right.Add(rightSlot);
        }

        public void Move(int from, int to) =>
            (candidate[to], left[to], right[to]) = (candidate[from], left[from], right[from]);

        public void Cut(int count)
        {
            candidate.SetCount(count);
            left.SetCount(count);
            right.SetCount(count);
        }

        public void Clear()
        {
            Cut(0);
            changedCandidate.SetCount(0);
            changedLeft.SetCount(0);
            changedRight.SetCount(0);
        }

        public void Note(int at, int pair) => Note(at, candidate[pair], left[pair], right[pair]);

        public void NoteAlone(int at, int number, int leftSlot) => Note(at, number, leftSlot, JoinSide.None);

        public void Dispose()
        {
            candidate.Dispose();
            left.Dispose();
            right.Dispose();
            changedCandidate.Dispose();
            changedLeft.Dispose();
            changedRight.Dispose();
        }

        private void Note(int at, int number, int leftSlot, int rightSlot)
        {
            changedCandidate.SetCount(at + 1);
            changedLeft.SetCount(at + 1);
            changedRight.SetCount(at + 1);
            (changedCandidate[at], changedLeft[at], changedRight[at]) = (number, leftSlot, rightSlot);
        }
    }
}
