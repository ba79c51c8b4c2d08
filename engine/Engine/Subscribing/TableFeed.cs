using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Subscribing;

/// <summary>
/// Rows of a table by <c>_seq</c>: those that are stored first, from segments and heads, in rounds while commits go on; the last round is
/// read once the subscription has joined the tail, and ends exactly where the tail begins.
/// </summary>
internal sealed class TableFeed : HubFeed
{
    // What is left is read in rounds that shrink; from here on the queue takes what is committed during the last one.
    private const long LastRoundRowsMax = 16 * 1024;
    private const int RoundsMax = 8;

    private readonly TickDatabase database;
    private readonly TableColumns columns;
    private readonly long until;
    private ChangePipeline? pipeline;
    private DatabaseSnapshot? snapshot;
    private ITableScan? scan;
    private IBatchReader? reader;
    private long after;
    private long roundEnd;
    private int round;
    private bool isLastRound;

    public TableFeed(SubscriptionManager manager, ChangeHub hub, TickDatabase database, long after, long until)
        : base(manager, hub)
    {
        (this.database, this.after, this.until) = (database, after, until);
        columns = new TableColumns(hub);
    }

    public override bool ReadPast(
        Subscription subscription,
        IChangeListener target,
        CancellationToken cancellationToken
    )
    {
        if (Hub.Plan is { } plan)
        {
            pipeline ??= new ChangePipeline(plan, database.CreateContext(CancellationToken.None), target);
        }

        var taker = (IChangeListener?)pipeline ?? target;
        if (snapshot is null)
        {
            BeginRound(subscription, cancellationToken);
        }

        if (reader?.Next() is { } batch)
        {
            var rows = columns.Widen(batch);
            var last = rows[columns.SequenceIndex].Values<long>()[rows.RowCount - 1];
            taker.OnChanges(new DeltaBatch(rows), last);
            taker.OnStep(last);
            return true;
        }

        CloseRound();
        after = roundEnd;
        target.OnStep(after);
        return !isLastRound;
    }

    public override void Dispose()
    {
        CloseRound();
        pipeline?.Dispose();
    }

    private void BeginRound(Subscription subscription, CancellationToken cancellationToken)
    {
        roundEnd = database.CommittedSequence;
        if (roundEnd - after <= LastRoundRowsMax || ++round >= RoundsMax)
        {
            roundEnd = Join(subscription);
            isLastRound = true;
        }

        snapshot = database.OpenSnapshot(roundEnd);
        scan = snapshot
            .GetTable(Hub.Source.Name)
            .OpenScan(
                columns.RequestAfter(after, until),
                database.CreateContext(cancellationToken).Pool,
                cancellationToken
            );
        reader = scan.MorselCount == 0 ? null : scan.OpenMorsel(0);
    }

    private void CloseRound()
    {
        reader?.Dispose();
        scan?.Dispose();
        snapshot?.Dispose();
        (reader, scan, snapshot) = (null, null, null);
    }
}

/// <summary>The columns of a table that a subscription needs: those are read, the others are shown without values.</summary>
internal sealed class TableColumns
{
    private readonly int[] columns;
    private readonly Batch wide;

    public TableColumns(ChangeHub hub)
    {
        var schema = ((TableSource)hub.Source).Table.Schema;
        SequenceIndex = schema.SequenceIndex;
        columns = hub.Plan is { } plan
            ? [.. ColumnsOf(plan.Plan).Concat([schema.SequenceIndex, schema.LateIndex]).Distinct().Order()]
            : [.. Enumerable.Range(0, schema.AllColumns.Count)];
        wide = Batch.CreateView(hub.Source.Shape.Schema);
    }

    /// <summary>Index of <c>_seq</c> in what <see cref="Widen"/> gives.</summary>
    public int SequenceIndex { get; }

    /// <summary>Rows after a sequence up to another, in the order of <c>_seq</c>.</summary>
    public ScanRequest RequestAfter(long after, long until) =>
        new()
        {
            Columns = columns,
            Order = ScanOrder.Sequence,
            Predicates =
            [
                new()
                {
                    Column = SequenceIndex,
                    Operator = ScanOperator.Greater,
                    Integer = after,
                },
                new()
                {
                    Column = SequenceIndex,
                    Operator = ScanOperator.LessOrEqual,
                    Integer = until,
                },
            ],
        };

    /// <summary>The batch of a scan as one of all columns of the table.</summary>
    public Batch Widen(Batch narrow)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            wide[columns[i]].Borrow(narrow[i], 0, narrow.RowCount);
        }

        wide.SetRowCount(narrow.RowCount);
        return wide;
    }

    private static IEnumerable<int> ColumnsOf(PlanNode node) =>
        node is ScanNode scan ? scan.Request.Columns : ColumnsOf(node.Inputs[0]);
}
