using System.Text;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>
/// Commits what happens to an alert's firings to its table, on a thread of its own. The rows of a step are committed together and say which
/// step, so the greatest <c>view_seq</c> in the table is exactly how far it has come: whatever happens to the process, what comes
/// next is the difference between the alert as it was then and as it is, and nothing is told twice or left out. A row in the table
/// follows the rows that it tells of in the log, so no crash can keep it and lose them.
/// </summary>
internal sealed class AlertWriter : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] InsertName = "insert"u8.ToArray();
    private static readonly byte[] DeleteName = "delete"u8.ToArray();

    private readonly TickDatabase database;
    private readonly LiveView live;
    private readonly byte[] name;
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;
    private readonly int[] one = new int[1];
    private TickStoreException? failure;
    private long written;
    private long pendingStep;

    /// <summary>Starts to follow an alert, once it is in place.</summary>
    public AlertWriter(TickDatabase database, LiveView live)
    {
        (this.database, this.live) = (database, live);
        name = Encoding.UTF8.GetBytes(live.Definition.Name);
        thread = new Thread(Run) { IsBackground = true, Name = $"TickStore alert {live.Definition.Name}" };
        thread.Start();
    }

    /// <summary>Why it has stopped writing; null while all is well. The alert itself goes on.</summary>
    public TickStoreException? Failure => Volatile.Read(ref failure);

    /// <summary>Everything up to this sequence is in the table.</summary>
    public long Written => Volatile.Read(ref written);

    /// <summary>
    /// Stops it; a commit that has begun is finished. What is not written yet is written when the database is opened again.
    /// </summary>
    public void Dispose()
    {
        if (!stop.IsCancellationRequested)
        {
            stop.Cancel();
            thread.Join();
            stop.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            Prepare();
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    Follow();
                }
                catch (TickStoreException e) when (e.Code == ErrorCode.SlowSubscriber)
                {
                    // Too far behind for the queue: the difference since what is written takes its place.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The alert is dropped, or the database closed.
        }
        catch (Exception e) when (e is TickStoreException or IOException or ObjectDisposedException)
        {
            if (!stop.IsCancellationRequested)
            {
                var code = e is TickStoreException known ? known.Code : ErrorCode.DeviceFailed;
                var message = $"INTO {live.Definition.IntoTable}: {e.Message}";
                Volatile.Write(ref failure, new TickStoreException(code, message, e));
            }
        }
    }

    private void Prepare()
    {
        database.WaitForView(live.Definition.Name, 0, stop.Token);
        var definition = live.Definition;
        written = database.FindTable(definition.IntoTable!) is null
            ? Throw.Error<long>(ErrorCode.UnknownName, $"There is no table {definition.IntoTable}")
            : AlertTable.PositionOf(database, definition, live.CreatedSequence);
    }

    // Rows of a former alert of this name are not this one's: nothing of this one can be as old as its statement.
    private bool IsFirst => written <= live.CreatedSequence;

    private void Follow()
    {
        var request = new SubscriptionRequest
        {
            Source = live.Definition.Name,
            Snapshot = IsFirst,
            FromSequence = IsFirst ? null : written,
        };
        using var subscription = database.Subscribe(request);
        var schema = database.TableOf(live.Definition.IntoTable!).Schema;
        using var pending = Batch.Allocate(schema.ToBatchSchema(), 64, database.Pool);
        while (!subscription.IsCompleted)
        {
            var block = subscription.TryRead(stop.Token);
            if (block is null)
            {
                Commit(pending, subscription.Sequence);
                block = subscription.Read(LookInterval, stop.Token);
            }

            if (block is { Kind: ChangeBlockKind.Changes })
            {
                Take(subscription, block, pending);
            }

            stop.Token.ThrowIfCancellationRequested();
        }
    }

    private void Take(Subscription subscription, ChangeBlock block, Batch pending)
    {
        KeyedRowSet? past = null;
        try
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                var step = block.SequenceOf(row);
                if (step != pendingStep)
                {
                    // The former step is complete: this row is of a later one.
                    Commit(pending, pendingStep);
                    past?.Dispose();
                    past = null;
                }

                pendingStep = step;
                if (block.Ops[row] != ChangeOp.Insert)
                {
                    past ??= Past(subscription.Shape);
                    var was = past.Find(block.Rows, row);
                    if (was < 0)
                    {
                        Throw.Error(ErrorCode.Internal, $"a firing was taken back that was not there at {written}");
                    }

                    Add(pending, past.Rows, was, DeleteName);
                }

                if (block.Ops[row] != ChangeOp.Delete)
                {
                    Add(pending, block.Rows, row, InsertName);
                }
            }
        }
        finally
        {
            past?.Dispose();
        }
    }

    // What fired as of the last step written: a change that takes a firing back says its key only, and one that puts another in its
    // place does not say what it was. Costs what the alert's query costs, for each step that takes firings back, which late rows do.
    private KeyedRowSet Past(ChangeShape shape)
    {
        var past = new KeyedRowSet(shape.Schema, shape.KeyColumns, database.Pool);
        try
        {
            using var rows = database.ViewManager.History.Derive(live.Definition.Plan.Plan, written);
            while (rows.Next() is { } batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    past.Add(batch, row);
                }
            }

            return past;
        }
        catch
        {
            past.Dispose();
            throw;
        }
    }

    private void Add(Batch pending, Batch source, int row, byte[] op)
    {
        one[0] = row;
        var count = pending.ColumnCount - 3;
        for (var i = 0; i < count; i++)
        {
            VectorCopy.AppendGather(source[i], one, pending[i]);
        }

        pending[count].AppendUtf8(name);
        pending[count + 1].AppendUtf8(op);
        ConstantColumns.Append(ConstantValue.Of(DataType.BigInt, pendingStep), pending[count + 2], symbols: null);
        pending.SetRowCount(pending.RowCount + 1);
    }

    // All rows that wait are of one step. They are committed once everything up to that step has been told.
    private void Commit(Batch pending, long complete)
    {
        if (pending.RowCount > 0 && pendingStep <= complete)
        {
            stop.Token.ThrowIfCancellationRequested();
            database.Commit(live.Definition.IntoTable!, pending);
            pending.Clear();
            Volatile.Write(ref written, pendingStep);
        }
    }
}
