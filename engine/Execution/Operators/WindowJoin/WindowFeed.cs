using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Computes the aggregates of a window join for some left rows, from pairs of a left and a right row: the arithmetic of both its forms.
/// </summary>
internal sealed class WindowFeed : IDisposable
{
    private readonly WindowJoinNode node;
    private readonly QueryRun run;
    private readonly JoinWriter writer;
    private readonly Batch results;
    private readonly int[] leftIndexes = new int[Batch.VectorRows];
    private readonly int[] rightIndexes = new int[Batch.VectorRows];
    private readonly int[] groups = new int[Batch.VectorRows];
    private AggregateFeed feed;
    private Batch? leftRows;
    private Batch? rightRows;
    private int pairCount;
    private int groupCount;

    public WindowFeed(WindowJoinNode node, BatchSchema rightSchema, QueryRun run)
    {
        this.node = node;
        this.run = run;
        var left = node.Inputs[0].Schema;
        feed = new AggregateFeed(node.Aggregates, run);
        writer = new JoinWriter(left, rightSchema, JoinNode.Combine(left, rightSchema, JoinKind.Inner), run.Pool);
        writer.WantOnly(
            ColumnReads.Of(
                node.Aggregates.SelectMany(a => a.Filter is null ? a.Arguments : [.. a.Arguments, a.Filter]),
                left.ColumnCount + rightSchema.ColumnCount
            )
        );
        results = Batch.Allocate(
            new BatchSchema([.. node.Schema.Columns.Skip(left.ColumnCount)]),
            Batch.VectorRows,
            run.Pool
        );
    }

    /// <summary>Begins with other left rows, numbered from 0.</summary>
    public void Begin(Batch left, Batch right, int leftCount)
    {
        (leftRows, rightRows, groupCount, pairCount) = (left, right, leftCount, 0);
        feed.EnsureGroups(leftCount);
    }

    /// <summary>Adds a right row to the window of a left one; right rows of one window in the order of time.</summary>
    /// <param name="leftIndex">Index among the left rows' batch.</param>
    /// <param name="rightIndex">Index among the right rows' batch.</param>
    /// <param name="group">Number of the left row.</param>
    public void Add(int leftIndex, int rightIndex, int group)
    {
        leftIndexes[pairCount] = leftIndex;
        rightIndexes[pairCount] = rightIndex;
        groups[pairCount++] = group;
        if (pairCount == Batch.VectorRows)
        {
            Update();
        }
    }

    /// <summary>The aggregates, a row for each left row; on loan until the next <see cref="Finish"/>.</summary>
    public Batch Finish()
    {
        Update();
        feed.Finish();
        results.Clear();
        feed.AppendResults(0, groupCount, results, 0);
        results.SetRowCount(groupCount);
        if (feed.HasDistinct)
        {
            // What DISTINCT has seen is not forgotten by a reset.
            feed.Dispose();
            feed = new AggregateFeed(node.Aggregates, run);
        }
        else
        {
            feed.Reset();
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        feed.Dispose();
        writer.Dispose();
        results.Dispose();
    }

    private void Update()
    {
        if (pairCount > 0)
        {
            var pairs = writer.Write(
                leftRows!,
                leftIndexes.AsSpan(0, pairCount),
                rightRows!,
                rightIndexes.AsSpan(0, pairCount)
            );
            feed.Update(pairs, groups.AsSpan(0, pairCount));
            pairCount = 0;
        }
    }
}
