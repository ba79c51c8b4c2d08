using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The incremental form of aggregation: a state for each group, to which the rows of a step are added, and at the step's end one upsert
/// for each group that they touched. Late rows need nothing special, for states do not depend on the order of rows.
/// </summary>
/// <remarks>
/// Rows that change are taken out of their group's states and put in again where that is exact; a group where it is not, and one that was
/// let go of (<see cref="HotGroups"/>), is built again from its rows, which are read back by its keys (<see cref="GroupRange"/>).
/// </remarks>
internal sealed partial class IncrementalAggregate : IncrementalOperator, IHoldsBack, IMidwayStart
{
    private readonly AggregateNode node;
    private readonly CircuitContext context;
    private readonly ExpressionSet keys;
    private readonly IncrementalGroups groups;
    private readonly IncrementalStates[] calls;
    private readonly GroupRange range;
    private readonly HotGroups hot;
    private readonly DeltaBuffer buffer;
    private readonly SymbolPlaces? symbolPlaces;
    private readonly bool isCounted;
    private RowChanges? changes;
    private Batch? members;
    private Batch? piece;
    private int[] chosen = [];

    /// <summary>Makes the incremental form of an aggregation.</summary>
    /// <param name="node">The batch form.</param>
    /// <param name="input">Only appends, or says what rows were.</param>
    /// <param name="context">What the operators of the circuit share.</param>
    /// <param name="fusesBars">False for the twin of fused bars: a state for each aggregate.</param>
    public IncrementalAggregate(
        AggregateNode node,
        IncrementalOperator input,
        CircuitContext context,
        bool fusesBars = true
    )
        : base(node, [.. Enumerable.Range(0, node.Keys.Count)])
    {
        if (!input.IsAppendOnly && !input.CarriesOld)
        {
            Throw.Error(ErrorCode.Internal, "An aggregation over rows that change needs to be told what they were");
        }

        this.node = node;
        this.context = context;
        isCounted = !input.IsAppendOnly;
        EmitsKeysOnce = true;
        keys = new ExpressionSet(node.Keys, context.Evaluation);
        groups = new IncrementalGroups(node.Keys, context.Pool);
        calls = MakeStates(
            node,
            isCounted || !fusesBars ? null : FusedBarsShape.Find(node.Aggregates),
            context.Evaluation
        );
        range = new GroupRange(node);
        symbolPlaces = isCounted ? null : SymbolPlaces.TryMake(node, range, context.Pool);
        hot = new HotGroups(range, groups, context.Pool);
        buffer = new DeltaBuffer(Schema, KeyColumns, carriesOld: false, context.Pool);
        changes = isCounted ? new RowChanges(input.Schema, context.Pool) : null;
        EnsureGroups();
    }

    /// <summary>Groups are let go of above this number, where they are of a bucket of time that is over.</summary>
    public int HotGroupsMax
    {
        get => hot.GroupsMax;
        set => hot.GroupsMax = value;
    }

    /// <summary>How many groups were built again from their rows.</summary>
    public long RebuiltGroups { get; private set; }

    /// <summary>Groups that are in memory.</summary>
    public int GroupCount => groups.LiveCount;

    /// <inheritdoc/>
    public override string StateBound =>
        node.Keys.Count == 0 ? "one group"
        : CanRelease
            ? $"{hot.GroupsMax} groups, and those whose bucket is not over; older ones are read back when needed"
        : "one state for each group";

    /// <inheritdoc/>
    public void BeginAfter(long bucket) => hot.BeginAfter(bucket);

    private bool CanRelease => !isCounted && range.BucketKey >= 0;

    public override void Push(int input, in DeltaBatch delta)
    {
        if (isCounted && (delta.Old is not null || !delta.Ops.IsEmpty))
        {
            Change(delta);
            return;
        }

        if (delta.RowCount <= Batch.VectorRows)
        {
            AddRows(delta);
            return;
        }

        // Piece by piece, so that what is computed for a piece stays in the cache until it is used.
        piece ??= Batch.CreateView(delta.Rows.Schema);
        for (var start = 0; start < delta.RowCount; start += Batch.VectorRows)
        {
            var count = Math.Min(Batch.VectorRows, delta.RowCount - start);
            piece.Borrow(delta.Rows, start, count);
            AddRows(
                new DeltaBatch(piece) { Causes = delta.Causes.IsEmpty ? default : delta.Causes.Slice(start, count) }
            );
        }
    }

    public override void Flush(CircuitStep step)
    {
        var isPlain = groups.AreTouchedPlain;
        if (isCounted || !isPlain)
        {
            foreach (var place in groups.Touched)
            {
                if (isCounted && groups.RowsOf(place) == 0)
                {
                    ResetGroup(place);
                }
                else if (groups.MustRebuild(place))
                {
                    Rebuild(place, step.Sequence);
                }
            }
        }

        EmitStep(isPlain);
        if (CanRelease)
        {
            ReleaseCold(step);
        }

        groups.CompactIfDue();
    }

    public override void Save(StateWriter writer)
    {
        var live = CanRelease ? hot.InOrder : groups.ListLive();
        groups.Save(writer, live);
        hot.Save(writer);
        foreach (var call in calls)
        {
            call.Save(writer, live);
        }
    }

    public override void Load(StateReader reader)
    {
        var live = groups.Load(reader);
        hot.Load(reader, live);
        EnsureGroups();
        foreach (var call in calls)
        {
            call.Load(reader, live);
        }
    }

    public override void Dispose()
    {
        keys.Dispose();
        groups.Dispose();
        hot.Dispose();
        symbolPlaces?.Dispose();
        buffer.Dispose();
        changes?.Dispose();
        members?.Dispose();
        foreach (var call in calls)
        {
            call.Dispose();
        }

        base.Dispose();
    }

    private static IncrementalStates[] MakeStates(AggregateNode node, FusedBarsShape? bars, EvaluationContext context)
    {
        var made = new List<IncrementalStates>();
        if (bars is not null)
        {
            made.Add(new FusedBars(bars, node.Keys.Count, context));
        }

        for (var i = 0; i < node.Aggregates.Count; i++)
        {
            if (bars is null || !bars.Outputs.Exists(o => o.Aggregate == i))
            {
                made.Add(new IncrementalCall(node.Aggregates[i], node.Keys.Count + i, context));
            }
        }

        return [.. made];
    }

    private ReadOnlySpan<int> Assign(Batch rows)
    {
        var places = groups.Assign(keys.Evaluate(rows), rows.RowCount);
        if (!groups.Added.IsEmpty)
        {
            EnsureGroups();
            foreach (var place in groups.Added)
            {
                if (CanRelease && hot.Add(place))
                {
                    groups.AskToRebuild(place);
                }
            }
        }

        return places;
    }

    private void AddRows(in DeltaBatch delta)
    {
        var places = symbolPlaces is null ? Assign(delta.Rows) : AssignBySymbol(delta.Rows);
        groups.Touch(places, delta);
        Add(delta.Rows, places, node.Keys.Count == 0);
    }

    private Span<int> AssignBySymbol(Batch rows)
    {
        var found = symbolPlaces!.Find(rows);
        if (!symbolPlaces.Misses.IsEmpty)
        {
            AssignMisses(rows, found);
        }

        return found;
    }

    private void AssignMisses(Batch rows, Span<int> found)
    {
        var misses = symbolPlaces!.Misses;
        members ??= Batch.Allocate(rows.Schema, Batch.VectorRows, context.Pool);
        members.Clear();
        members.AppendGather(rows, misses);
        var places = Assign(members);
        for (var i = 0; i < misses.Length; i++)
        {
            found[misses[i]] = places[i];
            symbolPlaces.Learn(places[i], members, i, groups);
        }
    }

    private void Add(Batch rows, ReadOnlySpan<int> places, bool isOneGroup)
    {
        if (isCounted)
        {
            foreach (var place in places)
            {
                groups.RowsOf(place)++;
            }
        }

        foreach (var call in calls)
        {
            call.Add(rows, places, isOneGroup);
        }
    }

    private void Change(in DeltaBatch delta)
    {
        changes!.Split(delta);
        // The new rows first, for a row may come and change in one batch.
        var newPlaces = changes.KeepNewPlaces(Assign(changes.New));
        var oldPlaces = groups.Find(keys.Evaluate(changes.Old), changes.Old.RowCount);
        changes.Touch(delta, oldPlaces, newPlaces, groups);
        foreach (var call in calls)
        {
            call.Change(changes.Old, oldPlaces, changes.New, newPlaces, changes.Rows, groups);
        }
    }

    private void Rebuild(int place, long sequence)
    {
        RebuiltGroups++;
        ResetGroup(place);
        groups.RowsOf(place) = 0;
        using var reader = context.History.Derive(range.Narrow(groups, place, context.Evaluation.Symbols), sequence);
        while (reader.Next() is { } rows)
        {
            var found = groups.Find(keys.Evaluate(rows), rows.RowCount);
            chosen = chosen.Length < rows.RowCount ? new int[rows.RowCount] : chosen;
            var count = 0;
            for (var row = 0; row < found.Length; row++)
            {
                if (found[row] == place)
                {
                    chosen[count++] = row;
                }
            }

            members ??= Batch.Allocate(rows.Schema, count, context.Pool);
            members.Clear();
            members.AppendGather(rows, chosen.AsSpan(0, count));
            chosen.AsSpan(0, count).Fill(place);
            Add(members, chosen.AsSpan(0, count), isOneGroup: true);
        }
    }

    private bool IsGone(int place) => isCounted && node.Keys.Count > 0 && groups.RowsOf(place) == 0;

    private void ReleaseEmptied()
    {
        if (isCounted)
        {
            foreach (var place in groups.Touched)
            {
                if (IsGone(place))
                {
                    groups.Release(place);
                }
            }
        }
    }

    // The watermark of the view is the least of its inputs'.
    private void ReleaseCold(CircuitStep step)
    {
        if (groups.LiveCount <= hot.GroupsMax)
        {
            return;
        }

        var watermark = long.MaxValue;
        for (var i = 0; i < context.InputNames.Count; i++)
        {
            watermark = Math.Min(watermark, step.WatermarkOf(i));
        }

        var asked = 0;
        for (var place = hot.TakeReleasable(watermark, ref asked); place >= 0; )
        {
            if (groups.IsHeld(place))
            {
                EmitHeld();
            }

            symbolPlaces?.Forget(place, groups);
            ResetGroup(place);
            groups.Release(place);
            place = hot.TakeReleasable(watermark, ref asked);
        }

        hot.Compact();
    }

    private void ResetGroup(int place)
    {
        foreach (var call in calls)
        {
            call.ResetGroup(place);
        }
    }

    private void EnsureGroups()
    {
        foreach (var call in calls)
        {
            call.EnsureGroups(groups.PlaceCount);
        }
    }
}
