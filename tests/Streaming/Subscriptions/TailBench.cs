// Proves nothing by itself: a source of changes without a database, for tests of what subscribers see of it.
using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming;

/// <summary>A keyed source (k INT, v BIGINT, t VARCHAR) whose changes a test writes, and subscriptions to it.</summary>
internal sealed class TailBench : ISubscriptionFeed
{
    private readonly Batch rows;
    private readonly List<DeltaOp> ops = [];
    private readonly List<byte> hasOld = [];
    private readonly SymbolTable symbols = new();

    public TailBench(bool isAppendOnly = false)
    {
        Budget = new MemoryBudget(1L << 30, "The test");
        Pool = new BlockPool(Budget, 1 << 20);
        var schema = new BatchSchema(
            new ColumnSchema("k", DataType.Int, Nullable: false),
            new ColumnSchema("v", DataType.BigInt),
            new ColumnSchema("t", DataType.Varchar)
        );
        Shape = new ChangeShape(schema, 3, [0], -1, isAppendOnly);
        Tail = new ChangeTail(Shape, Pool);
        rows = Batch.Allocate(schema, 64, Pool);
    }

    public MemoryBudget Budget { get; }

    public BlockPool Pool { get; }

    public ChangeShape Shape { get; }

    public ChangeTail Tail { get; }

    public ManualClock Clock { get; } = new();

    public long Durable { get; set; } = long.MaxValue;

    /// <summary>What <see cref="ReadPast"/> hands over, call by call.</summary>
    public Queue<Action<IChangeListener>> Past { get; } = new();

    public Subscription Subscribe(SubscriptionOptions? options = null, bool joins = true)
    {
        var subscription = new Subscription(
            this,
            options ?? new SubscriptionOptions(),
            new SubscriptionHost
            {
                Symbols = symbols,
                Pool = Pool,
                Clock = Clock,
                Epoch = 7,
                DurableSequence = () => Durable,
            },
            Tail.Sequence,
            hasPast: Past.Count > 0,
            rolledBackTo: null
        );
        if (joins)
        {
            subscription.Join(Tail, Tail.Sequence);
        }

        return subscription;
    }

    public TailBench Put(int key, long value, string? text = "x", bool wasThere = false)
    {
        rows[0].EnsureCapacity(rows.RowCount + 1);
        rows[0].Writable<int>()[rows.RowCount] = key;
        rows[0].SetRowCount(rows.RowCount + 1);
        rows[1].EnsureCapacity(rows.RowCount + 1);
        rows[1].Writable<long>()[rows.RowCount] = value;
        rows[1].SetRowCount(rows.RowCount + 1);
        if (text is null)
        {
            rows[2].AppendNull();
        }
        else
        {
            rows[2].AppendUtf8(System.Text.Encoding.UTF8.GetBytes(text));
        }

        rows.SetRowCount(rows.RowCount + 1);
        ops.Add(DeltaOp.Upsert);
        hasOld.Add(wasThere ? (byte)1 : (byte)0);
        return this;
    }

    public TailBench Delete(int key)
    {
        Put(key, -1, wasThere: true);
        ops[^1] = DeltaOp.Delete;
        return this;
    }

    /// <summary>Pushes what was put as one step.</summary>
    public void Step(long sequence, IChangeListener? target = null)
    {
        target ??= Tail;
        target.OnChanges(new DeltaBatch(rows) { Ops = ops.ToArray(), HasOld = hasOld.ToArray() }, sequence);
        target.OnStep(sequence);
        rows.Clear();
        ops.Clear();
        hasOld.Clear();
    }

    public bool ReadPast(Subscription subscription, IChangeListener target, CancellationToken cancellationToken)
    {
        Past.Dequeue()(target);
        return Past.Count > 0;
    }

    // The bench outlives its subscriptions.
    void IDisposable.Dispose() { }

    public void Leave(Subscription subscription) => subscription.LeaveTail(Tail);

    public void Close()
    {
        rows.Dispose();
        Tail.Dispose();
    }

    /// <summary>All rows that can be read now, as "i 1=10@5": operation, key, value, sequence.</summary>
    public static List<string> Drain(Subscription subscription)
    {
        var found = new List<string>();
        while (subscription.TryRead() is { } block)
        {
            if (block.SkippedRows > 0)
            {
                found.Add($"skipped {block.SkippedRows}");
            }

            if (block.Kind != ChangeBlockKind.Changes)
            {
                found.Add($"{block.Kind} {block.Sequence}");
                continue;
            }

            for (var row = 0; row < block.RowCount; row++)
            {
                var value = block.Rows[1].IsNull(row) ? "-" : block.Rows[1].Values<long>()[row].ToString();
                var op = char.ToLowerInvariant(block.Ops[row].ToString()[0]);
                found.Add($"{op} {block.Rows[0].Values<int>()[row]}={value}@{block.SequenceOf(row)}");
            }
        }

        return found;
    }
}

/// <summary>A clock that goes on when it is told to.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<ManualTimer> timers = [];
    private long ticks;

    public override long GetTimestamp() => ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(callback, state, period.Ticks, ticks + dueTime.Ticks);
        timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        ticks += by.Ticks;
        timers.ForEach(t => t.Run(ticks));
    }

    private sealed class ManualTimer(TimerCallback callback, object? state, long period, long due) : ITimer
    {
        private long due = due;
        private bool isDisposed;

        public void Run(long now)
        {
            for (; !isDisposed && due <= now; due += period)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
