using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Aggregates groups whose rows follow each other: a group ends where a key changes, so nothing is looked up and only
/// the open group is carried from batch to batch. Streams; morsels are independent, and results come in key order.
/// </summary>
internal sealed class OrderedAggregateOperator(AggregateNode node, PhysicalOperator input)
    : PhysicalOperator(node, input)
{
    protected override void PrepareCore() => MorselCount = Inputs[0].MorselCount;

    protected override IBatchReader OpenCore(int morsel) => new Reader(node, Run, Inputs[0].OpenMorsel(morsel));

    private sealed class Reader(AggregateNode node, QueryRun run, IBatchReader input) : IBatchReader
    {
        private readonly ExpressionSet keys = new(node.Keys, run.Context);
        private readonly GroupBuffer?[] buffers = new GroupBuffer?[2];
        private readonly int[] previousRow = [0];
        private readonly int[] runStarts = new int[Batch.VectorRows];
        private readonly int[] groups = new int[Batch.VectorRows];
        private Batch? lastKeys;
        private bool isEnded;

        // Two buffers take turns: when one holds a full batch of groups, the next group begins in the other, and the
        // full one, whose groups will get no more rows, is handed out.
        public Batch? Next()
        {
            if (isEnded)
            {
                return null;
            }

            buffers[0] ??= new GroupBuffer(node, run);
            buffers[0]!.ReleaseResults();
            buffers[1]?.ReleaseResults();
            while (input.Next() is { } batch)
            {
                run.ThrowIfCancelled();
                if (Take(batch))
                {
                    (buffers[0], buffers[1]) = (buffers[1], buffers[0]);
                    return buffers[1]!.WriteResults();
                }
            }

            isEnded = true;
            return buffers[0]!.GroupCount > 0 ? buffers[0]!.WriteResults() : null;
        }

        public void Dispose()
        {
            buffers[0]?.Dispose();
            buffers[1]?.Dispose();
            lastKeys?.Dispose();
            keys.Dispose();
            input.Dispose();
        }

        // True where the first buffer is full and the second one has taken over.
        private bool Take(Batch batch)
        {
            var columns = keys.Evaluate(batch);
            var current = buffers[0]!;
            var continues = current.GroupCount > 0 && IsSameKey(columns);
            var runCount = KeyRuns.Find(columns, batch.RowCount, runStarts);
            var newRuns = runCount - (continues ? 1 : 0);
            var room = Batch.VectorRows - current.GroupCount;
            var hereRuns = (continues ? 1 : 0) + Math.Min(newRuns, room);
            var splitRow = hereRuns < runCount ? runStarts[hereRuns] : batch.RowCount;
            if (splitRow > 0)
            {
                current.Update(batch, columns, 0, splitRow, runStarts.AsSpan(0, hereRuns), continues, groups);
            }

            if (hereRuns < runCount)
            {
                var next = buffers[1] ??= new GroupBuffer(node, run);
                next.Update(
                    batch,
                    columns,
                    splitRow,
                    batch.RowCount,
                    runStarts.AsSpan(hereRuns, runCount - hereRuns),
                    false,
                    groups
                );
            }

            KeepLastKey(columns, batch.RowCount - 1);
            return hereRuns < runCount;
        }

        private bool IsSameKey(ReadOnlySpan<ColumnVector> columns)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                if (!KeyRuns.AreEqual(columns[i], 0, lastKeys![i], 0))
                {
                    return false;
                }
            }

            return true;
        }

        private void KeepLastKey(ReadOnlySpan<ColumnVector> columns, int row)
        {
            lastKeys ??= Batch.Allocate(KeySchema(), 1, run.Pool);
            lastKeys.Clear();
            previousRow[0] = row;
            for (var i = 0; i < columns.Length; i++)
            {
                VectorCopy.AppendGather(columns[i], previousRow, lastKeys[i]);
            }
        }

        private BatchSchema KeySchema() => new([.. node.Schema.Columns.Take(node.Keys.Count)]);
    }

    /// <summary>At most a batch of groups: their keys and states, and their results once they are complete.</summary>
    private sealed class GroupBuffer : IDisposable
    {
        private readonly AggregateNode node;
        private readonly AggregateFeed feed;
        private readonly Batch results;
        private bool isHandedOut;

        public GroupBuffer(AggregateNode node, QueryRun run)
        {
            this.node = node;
            feed = new AggregateFeed(node.Aggregates, run);
            try
            {
                results = Batch.Allocate(node.Schema, Batch.VectorRows, run.Pool);
            }
            catch
            {
                feed.Dispose();
                throw;
            }
        }

        public int GroupCount { get; private set; }

        public void Update(
            Batch batch,
            ReadOnlySpan<ColumnVector> keys,
            int startRow,
            int endRow,
            ReadOnlySpan<int> runStarts,
            bool continues,
            int[] groups
        )
        {
            var newStarts = continues ? runStarts[1..] : runStarts;
            for (var i = 0; i < keys.Length; i++)
            {
                VectorCopy.AppendGather(keys[i], newStarts, results[i]);
            }

            var group = GroupCount - (continues ? 1 : 0);
            for (var i = 0; i < runStarts.Length; i++)
            {
                var end = i + 1 < runStarts.Length ? runStarts[i + 1] : endRow;
                groups.AsSpan(runStarts[i], end - runStarts[i]).Fill(group + i);
            }

            GroupCount += newStarts.Length;
            feed.EnsureGroups(GroupCount);
            feed.UpdateRuns(batch, startRow, endRow, runStarts, groups);
        }

        public Batch WriteResults()
        {
            feed.AppendResults(0, GroupCount, results, node.Keys.Count);
            results.SetRowCount(GroupCount);
            isHandedOut = true;
            return results;
        }

        public void ReleaseResults()
        {
            if (isHandedOut)
            {
                isHandedOut = false;
                results.Clear();
                feed.Reset();
                GroupCount = 0;
            }
        }

        public void Dispose()
        {
            feed.Dispose();
            results.Dispose();
        }
    }
}
