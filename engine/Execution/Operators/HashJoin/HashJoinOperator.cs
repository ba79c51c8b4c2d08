using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keeps the right input, its rows grouped by key, and streams the left one against it. Rows come out in the left
/// input's order, and the partners of one row in the right input's.
/// </summary>
internal sealed class HashJoinOperator(JoinNode node, PhysicalOperator left, PhysicalOperator right)
    : PhysicalOperator(node, left, right)
{
    private Batch? rows;
    private KeyTable? table;
    private LeasedArray<int>? starts;
    private LeasedArray<int>? rowsByKey;

    public override long EstimateRows(int morsel) => Inputs[0].EstimateRows(morsel);

    public override void Dispose()
    {
        starts?.Dispose();
        rowsByKey?.Dispose();
        table?.Dispose();
        rows?.Dispose();
        base.Dispose();
    }

    protected override void PrepareCore()
    {
        var layout = new RowLayout(Inputs[1].Schema);
        var keyColumns = layout.Add(node.RightKeys);
        rows = RowCollector.CollectAll(Run, Inputs[1], layout);
        using var numbers = new LeasedArray<int>(Math.Max(rows.RowCount, 1), Run.Pool);
        table = KeyLookup.Number(rows, keyColumns, node.LeftKeys, node.RightKeys, numbers.Span, Run);
        GroupByKey(numbers.Span[..rows.RowCount], table?.Count ?? 1);
        MorselCount = Inputs[0].MorselCount;
    }

    protected override IBatchReader OpenCore(int morsel) => new Reader(this, Run, Inputs[0].OpenMorsel(morsel));

    // Counting sort: stable, so that the partners of a key stay in input order.
    private void GroupByKey(ReadOnlySpan<int> numbers, int keyCount)
    {
        starts = new LeasedArray<int>(keyCount + 1, Run.Pool);
        rowsByKey = new LeasedArray<int>(Math.Max(numbers.Length, 1), Run.Pool);
        var ends = starts.Span;
        ends.Clear();
        foreach (var number in numbers)
        {
            ends[number + 1]++;
        }

        for (var i = 1; i <= keyCount; i++)
        {
            ends[i] += ends[i - 1];
        }

        // Filled from behind, each key's end (one slot up) moves down until it is that key's start.
        var grouped = rowsByKey.Span;
        for (var row = numbers.Length - 1; row >= 0; row--)
        {
            grouped[--ends[numbers[row] + 1]] = row;
        }

        ends[1..].CopyTo(ends);
        ends[keyCount] = numbers.Length;
    }

    private sealed class Reader(HashJoinOperator join, QueryRun run, IBatchReader input) : IBatchReader
    {
        private readonly JoinNode node = (JoinNode)join.Node;
        private readonly KeyLookup lookup = new(((JoinNode)join.Node).LeftKeys, join.table, run.Context);
        private readonly RowFilter? residual = ((JoinNode)join.Node).Residual is { } predicate
            ? new RowFilter(predicate, run.Context)
            : null;
        private readonly int[] leftRows = new int[Batch.VectorRows];
        private readonly int[] rightRows = new int[Batch.VectorRows];
        private readonly int[] keptLeft = new int[2 * Batch.VectorRows];
        private readonly int[] keptRight = new int[2 * Batch.VectorRows];
        private PairWriter? writer;
        private Batch? batch;
        private int nextRow;
        private int nextPartner;
        private bool hadPartner;
        private int keptCount;
        private int keptDone;

        public Batch? Next()
        {
            writer ??= new PairWriter(node.Schema, node.Inputs[0].Schema.ColumnCount, run.Pool);
            while (true)
            {
                run.ThrowIfCancelled();
                if (keptDone < keptCount)
                {
                    return WriteKept();
                }

                if (batch is null || nextRow >= batch.RowCount)
                {
                    batch = input.Next();
                    if (batch is null)
                    {
                        return null;
                    }

                    lookup.Find(batch);
                    nextRow = 0;
                    nextPartner = 0;
                    hadPartner = false;
                }

                if (residual is null)
                {
                    var count = Fill(keepMissing: node.Kind == JoinKind.Left);
                    if (count > 0)
                    {
                        return writer.Write(batch, leftRows.AsSpan(0, count), join.rows!, rightRows.AsSpan(0, count));
                    }
                }
                else
                {
                    FillKept();
                }
            }
        }

        public void Dispose()
        {
            writer?.Dispose();
            residual?.Dispose();
            lookup.Dispose();
            input.Dispose();
        }

        // Candidate pairs up to a batch; goes on where it stopped.
        private int Fill(bool keepMissing)
        {
            var starts = join.starts!.Span;
            var partners = join.rowsByKey!.Span;
            var numbers = lookup.Found;
            var count = 0;
            while (nextRow < batch!.RowCount && count < Batch.VectorRows)
            {
                var number = numbers[nextRow];
                var (start, end) = number < 0 ? (0, 0) : (starts[number], starts[number + 1]);
                if (start == end && keepMissing)
                {
                    leftRows[count] = nextRow;
                    rightRows[count++] = -1;
                }

                var taken = Math.Min(end - start - nextPartner, Batch.VectorRows - count);
                for (var i = 0; i < taken; i++)
                {
                    leftRows[count] = nextRow;
                    rightRows[count++] = partners[start + nextPartner + i];
                }

                nextPartner += taken;
                if (nextPartner == end - start)
                {
                    nextRow++;
                    nextPartner = 0;
                }
            }

            return count;
        }

        // A left row is missing a partner only if the residual refused all of its candidates, which may lie in several
        // batches of pairs: hadPartner carries over from one to the next.
        private void FillKept()
        {
            var firstRow = nextRow;
            var count = Fill(keepMissing: false);
            ReadOnlySpan<int> passed = default;
            if (count > 0)
            {
                residual!.Apply(
                    writer!.Write(batch!, leftRows.AsSpan(0, count), join.rows!, rightRows.AsSpan(0, count))
                );
                passed = residual.Kept;
            }

            (keptCount, keptDone) = (0, 0);
            var at = 0;
            for (var row = firstRow; row <= nextRow && row < batch!.RowCount; row++)
            {
                for (; at < passed.Length && leftRows[passed[at]] == row; at++)
                {
                    Keep(row, rightRows[passed[at]]);
                    hadPartner = true;
                }

                if (row < nextRow)
                {
                    if (!hadPartner && node.Kind == JoinKind.Left)
                    {
                        Keep(row, -1);
                    }

                    hadPartner = false;
                }
            }
        }

        private void Keep(int leftRow, int rightRow)
        {
            keptLeft[keptCount] = leftRow;
            keptRight[keptCount++] = rightRow;
        }

        private Batch WriteKept()
        {
            var count = Math.Min(Batch.VectorRows, keptCount - keptDone);
            var start = keptDone;
            keptDone += count;
            return writer!.Write(batch!, keptLeft.AsSpan(start, count), join.rows!, keptRight.AsSpan(start, count));
        }
    }
}
