using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>
/// Where a view's circuit ends: puts changes into the contents, if those are kept, finds out which are inserts and which are updates, and
/// tells the views that read this one, and the listeners. Contents that nobody looks at are written when somebody does
/// (<see cref="IHoldsBack"/>).
/// </summary>
internal sealed class ViewOutput : IncrementalOperator
{
    private readonly StepChanges gathered;
    private readonly bool gathersAlways;
    private readonly KeyedRows? contents;
    private readonly Batch? oldRows;
    private readonly Batch packed;
    private readonly Batch packedOld;
    private readonly long emitEveryNanos;
    private readonly StepChanges? held;
    private readonly bool inputCarriesOld;
    private readonly IHoldsBack? holder;
    private IChangeListener[] readers = [];
    private IChangeListener[] listeners = [];
    private DeltaCause[] causes = new DeltaCause[64];
    private int[] kept = new int[64];
    private DeltaOp[] packedOps = new DeltaOp[64];
    private byte[] packedHad = new byte[64];
    private byte[] unwrittenHad = new byte[64];
    private bool wantsOld;
    private long sequence;
    private long emittedBucket = long.MinValue;
    private long derivedRows;
    private bool toldEarly;

    public ViewOutput(IncrementalOperator root, ViewOptions options, Func<long> frontier)
        : base(root.Node, root.KeyColumns)
    {
        var pool = options.Evaluation.Pool;
        inputCarriesOld = root.CarriesOld;
        IsAppendOnly = root.IsAppendOnly;
        emitEveryNanos = options.EmitEveryNanos;
        gathersAlways = !root.EmitsKeysOnce;
        gathered = new StepChanges(Schema, KeyColumns, root.CarriesOld, pool);
        if (Keeps(root))
        {
            contents = new KeyedRows(options.Name, Schema, KeyColumns, pool)
            {
                VisibleCount = options.Plan.VisibleCount,
                TimeColumn = options.TimeColumn,
            };
            oldRows = Batch.Allocate(Schema, 64, pool);
            holder = root.EmitsKeysOnce ? root.Holder : null;
        }

        packed = Batch.Allocate(Schema, 64, pool);
        packedOld = Batch.Allocate(Schema, 64, pool);
        Fill =
            contents is not null && options.Backward is not null ? new ContentsFill(contents, options, frontier) : null;
        held = emitEveryNanos > 0 ? new StepChanges(Schema, KeyColumns, carriesOld: true, pool) : null;
        FindWants();
    }

    /// <summary>How history is filled into the contents, for a view that may begin in the middle; else null.</summary>
    public ContentsFill? Fill { get; }

    /// <summary>True where the contents are kept.</summary>
    public bool IsKept => contents is not null;

    /// <summary>Rows of the contents, or rows that came and have not gone.</summary>
    public long RowCount => contents is null ? derivedRows : contents.RowCount + (holder?.HeldNewCount ?? 0);

    /// <summary>Changes that late rows caused.</summary>
    public long CorrectedCount { get; private set; }

    public void AddListener(IChangeListener listener)
    {
        listeners = [.. listeners, listener];
        FindWants();
    }

    public void RemoveListener(IChangeListener listener)
    {
        listeners = [.. listeners.Where(l => l != listener)];
        FindWants();
    }

    public void AddReader(IChangeListener reader)
    {
        readers = [.. readers, reader];
        FindWants();
    }

    public void RemoveReader(IChangeListener reader)
    {
        readers = [.. readers.Where(l => l != reader)];
        FindWants();
    }

    public void TellFailed(TickStoreException failure)
    {
        foreach (var listener in listeners)
        {
            listener.OnFailed(failure);
        }
    }

    /// <summary>Writes what was held back, where from now on the contents tell what rows were before.</summary>
    public void WriteIfTold()
    {
        if (wantsOld)
        {
            holder?.EmitHeld();
        }
    }

    /// <summary>Writes what was held back, between two steps.</summary>
    public void WriteHeld() => holder?.EmitHeld();

    /// <summary>The contents between two steps, with all that was held back; null where they are not kept or not whole.</summary>
    public KeyedSnapshot? OpenContents()
    {
        if (Fill is { IsComplete: false })
        {
            return null;
        }

        holder?.EmitHeld();
        return contents?.OpenSnapshot();
    }

    /// <summary>
    /// Says where the step will end, before its rows come; -1 where that is not known yet, as while a view catches up: then changes are
    /// gathered until it is.
    /// </summary>
    public void Begin(long stepSequence) => sequence = stepSequence;

    public override void Push(int input, in DeltaBatch delta)
    {
        switch (holder?.Emits ?? EmissionKind.Change)
        {
            case EmissionKind.Held:
                contents!.Apply(delta);
                return;
            case EmissionKind.Told:
                TellUnwritten(delta);
                return;
        }

        if (gathersAlways || (sequence < 0 && (readers.Length > 0 || listeners.Length > 0)))
        {
            gathered.Add(delta);
            return;
        }

        Take(delta);
    }

    /// <summary>Ends a step: what was gathered goes out.</summary>
    public void End(CircuitStep step)
    {
        sequence = step.Sequence;
        if (gathered.Count > 0)
        {
            Take(gathered.Take());
            gathered.Clear();
        }

        if (held is not null)
        {
            EmitHeld(step);
        }

        TellStep(step.Sequence);
    }

    /// <summary>A step that brought nothing.</summary>
    public void Skip(long stepSequence) => TellStep(stepSequence);

    /// <summary>
    /// Hands what is held back to those who listen, so that somebody who joins now is told only of what changes from
    /// now on. It stays out of the sight of subscribers until the step in which it is due ends. Between two steps.
    /// </summary>
    /// <param name="stepSequence">The end of the last step.</param>
    public void TellHeld(long stepSequence)
    {
        if (held is { Count: > 0 })
        {
            TellHeldNow(stepSequence);
            toldEarly = listeners.Length > 0;
        }
    }

    public override void Save(StateWriter writer)
    {
        holder?.EmitHeld();
        writer.Write(CorrectedCount);
        writer.Write(derivedRows);
        writer.Write(emittedBucket);
        contents?.Save(writer);
        Fill?.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        CorrectedCount = reader.Read<long>();
        derivedRows = reader.Read<long>();
        emittedBucket = reader.Read<long>();
        contents?.Load(reader);
        Fill?.Load(reader);
    }

    public override void Dispose()
    {
        gathered.Dispose();
        contents?.Dispose();
        Fill?.Dispose();
        oldRows?.Dispose();
        packed.Dispose();
        packedOld.Dispose();
        held?.Dispose();
        base.Dispose();
    }

    // Rows that change in place would be expensive to compute again for every query; rows that are one for one with their input are not.
    private static bool Keeps(IncrementalOperator root) =>
        !root.IsAppendOnly && (!root.CarriesOld || HoldsAggregate(root.Node));

    private static bool HoldsAggregate(PlanNode node) => node is AggregateNode || node.Inputs.Any(HoldsAggregate);

    private void Take(in DeltaBatch delta)
    {
        if (delta.RowCount == 0)
        {
            return;
        }

        foreach (var cause in delta.Causes)
        {
            CorrectedCount += cause == DeltaCause.LateCorrection ? 1 : 0;
        }

        if (contents is null)
        {
            CountDerived(delta);
            Tell(delta);
            return;
        }

        if (Fill is { IsComplete: false })
        {
            Fill.Prepare(delta, readers.Length > 0 || listeners.Length > 0);
        }

        var had = contents.Apply(delta, wantsOld && !inputCarriesOld ? oldRows : null);
        if (readers.Length == 0 && listeners.Length == 0)
        {
            return;
        }

        var isPlain = true;
        if (causes.Length < delta.RowCount)
        {
            causes = new DeltaCause[delta.RowCount];
        }

        for (var row = 0; row < delta.RowCount; row++)
        {
            // What the operators call an update of a row that a filter let in only now is new to whoever listens, and the other way round.
            var cause = delta.CauseOf(row);
            causes[row] =
                had[row] == 0 && cause == DeltaCause.Update ? DeltaCause.New
                : had[row] != 0 && cause == DeltaCause.New ? DeltaCause.Update
                : cause;
            isPlain &= had[row] != 0 || !delta.IsDelete(row);
        }

        var old = inputCarriesOld ? delta.Old : oldRows;
        var changes = new DeltaBatch(delta.Rows)
        {
            Ops = delta.Ops,
            Causes = causes.AsSpan(0, delta.RowCount),
            Old = wantsOld ? old : null,
            HasOld = had,
        };
        if (isPlain)
        {
            Tell(changes);
            return;
        }

        Tell(Packed(changes));
    }

    // Rows that were taken out and had not been there are nothing to tell of.
    private DeltaBatch Packed(in DeltaBatch changes)
    {
        if (kept.Length < changes.RowCount)
        {
            kept = new int[changes.RowCount];
            packedOps = new DeltaOp[changes.RowCount];
            packedHad = new byte[changes.RowCount];
        }

        var count = 0;
        for (var row = 0; row < changes.RowCount; row++)
        {
            if (changes.HasOld[row] != 0 || !changes.IsDelete(row))
            {
                kept[count] = row;
                packedOps[count] = changes.IsDelete(row) ? DeltaOp.Delete : DeltaOp.Upsert;
                packedHad[count] = changes.HasOld[row];
                causes[count] = causes[row];
                count++;
            }
        }

        packed.Clear();
        packed.AppendGather(changes.Rows, kept.AsSpan(0, count));
        packedOld.Clear();

        // No row of the batch had an old one where the batch of those is empty.
        if (changes.Old is { RowCount: > 0 } old)
        {
            packedOld.AppendGather(old, kept.AsSpan(0, count));
        }

        return new DeltaBatch(packed)
        {
            Ops = packedOps.AsSpan(0, count),
            Causes = causes.AsSpan(0, count),
            Old = changes.Old is null ? null : packedOld,
            HasOld = packedHad.AsSpan(0, count),
        };
    }

    // The contents do not know yet, but the operator does which rows are new.
    private void TellUnwritten(in DeltaBatch delta)
    {
        if (unwrittenHad.Length < delta.RowCount)
        {
            unwrittenHad = new byte[delta.RowCount];
        }

        for (var row = 0; row < delta.RowCount; row++)
        {
            unwrittenHad[row] = delta.CauseOf(row) == DeltaCause.New ? (byte)0 : (byte)1;
        }

        Tell(new DeltaBatch(delta.Rows) { Causes = delta.Causes, HasOld = unwrittenHad.AsSpan(0, delta.RowCount) });
    }

    private void FindWants()
    {
        wantsOld = readers.Length > 0 || listeners.Any(l => l.WantsOld) || (held is not null && listeners.Length > 0);
        holder?.HoldBack =
            wantsOld ? HoldBack.Nothing
            : listeners.Length > 0 ? HoldBack.Contents
            : HoldBack.Everything;
    }

    private void CountDerived(in DeltaBatch delta)
    {
        if (delta.Ops.IsEmpty && delta.Old is null)
        {
            derivedRows += delta.RowCount;
            return;
        }

        for (var row = 0; row < delta.RowCount; row++)
        {
            var had = !delta.HasOld.IsEmpty && delta.HasOld[row] != 0;
            derivedRows += (delta.IsDelete(row) ? 0 : 1) - (had ? 1 : 0);
        }
    }

    private void Tell(in DeltaBatch changes)
    {
        foreach (var reader in readers)
        {
            reader.OnChanges(changes, sequence);
        }

        if (held is not null)
        {
            held.Add(changes);
            return;
        }

        foreach (var listener in listeners)
        {
            listener.OnChanges(changes, sequence);
        }
    }

    private void EmitHeld(CircuitStep step)
    {
        var nanos = step.WatermarkOf(0);
        if (nanos == long.MinValue)
        {
            return;
        }

        var bucket = Math.DivRem(nanos, emitEveryNanos).Quotient;
        if (bucket == emittedBucket)
        {
            return;
        }

        emittedBucket = bucket;
        toldEarly = false;
        if (held!.Count > 0)
        {
            TellHeldNow(step.Sequence);
        }
    }

    private void TellHeldNow(long stepSequence)
    {
        var changes = held!.Take();
        foreach (var listener in listeners)
        {
            listener.OnChanges(changes, stepSequence);
        }

        held.Clear();
    }

    // Everything up to a step has been told only once nothing of it is held back: whoever resumes from there misses nothing.
    private void TellStep(long stepSequence)
    {
        if (toldEarly || held is { Count: > 0 })
        {
            return;
        }

        foreach (var listener in listeners)
        {
            listener.OnStep(stepSequence);
        }
    }
}
