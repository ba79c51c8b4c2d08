using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What the incremental forms of joins have in common. Both inputs trigger: rows of a step are linked into the lists of their key; then
/// every new left row is joined, and every older left row whose window a changed right row lies in is joined again, as it was before the
/// step and as it is behind it, so that a correction carries the row that it replaces. Where a row needs others that the lists no longer
/// hold, it falls into a region (a key and a span of left times), whose rows are read back from history and joined by the same code.
/// </summary>
internal abstract partial class StreamJoin : IncrementalOperator
{
    private readonly EvaluationContext evaluation;
    private readonly IncrementalOperator leftInput;
    private readonly IncrementalOperator rightInput;
    private readonly JoinScratch scratch;
    private readonly KeyTable? table;
    private readonly ColumnVector[] keyVectors;
    private readonly PooledList<int> stamps;
    private readonly PooledList<byte> newCauses;
    private readonly SymbolNumbers symbolNumbers = new();
    private int[] numbers = new int[Batch.VectorRows];
    private int stepNumber;
    private bool hasCauses;
    private DeltaCause rightCause;
    private bool floorsWereRaised;

    protected StreamJoin(
        PlanNode node,
        IReadOnlyList<int> keyColumns,
        StreamJoinShape shape,
        IncrementalOperator left,
        IncrementalOperator right,
        CircuitContext context,
        int boundRows
    )
        : base(node, keyColumns)
    {
        Context = context;
        Shape = shape;
        evaluation = context.Evaluation;
        leftInput = left;
        rightInput = right;
        CheckTime(left.Schema[shape.LeftTime].Type, node.Name);
        var (leftKeyed, rightKeyed) = (!IsAppended(left), !IsAppended(right));
        if (left.Schema[shape.LeftTime].Type != right.Schema[shape.RightTime].Type)
        {
            Throw.Error(ErrorCode.Internal, "The times of a join are of two types");
        }

        table = shape.LeftKeys.Length == 0 ? null : MakeTable(shape, left.Schema, right.Schema, context.Pool);
        keyVectors = new ColumnVector[shape.LeftKeys.Length];
        leftShape = new JoinSideShape(left.Schema, left.KeyColumns, shape.LeftTime, leftKeyed, false, false, boundRows);
        rightShape = new JoinSideShape(
            right.Schema,
            right.KeyColumns,
            shape.RightTime,
            rightKeyed,
            shape.NeedsPredecessor,
            !shape.LastOfTimeOnly,
            boundRows
        );
        scratch = new JoinScratch(context.Pool);
        Left = new JoinSide(leftShape, scratch, evaluation.Symbols, context.Pool);
        Right = new JoinSide(rightShape, scratch, evaluation.Symbols, context.Pool);
        Left.EnsureKeys(1);
        Right.EnsureKeys(1);
        stamps = new PooledList<int>(context.Pool);
        newCauses = new PooledList<byte>(context.Pool);
        Candidates = new JoinCandidates(context.Pool);
    }

    /// <inheritdoc/>
    public override string StateBound =>
        $"left: {BoundOf(leftShape)}; right: {BoundOf(rightShape)}; older rows are read back from storage";

    protected CircuitContext Context { get; }

    protected StreamJoinShape Shape { get; }

    protected JoinSide Left { get; }

    protected JoinSide Right { get; }

    /// <summary>The left rows that the running step joins.</summary>
    protected JoinCandidates Candidates { get; }

    public sealed override void Push(int input, in DeltaBatch delta)
    {
        var keyed = input == 0 ? Left.IsKeyed : Right.IsKeyed;
        var side = input == 0 ? Left : Right;
        Number(delta.Rows, input == 0 ? Shape.LeftKeys : Shape.RightKeys);
        var start = side.Count;
        if (keyed)
        {
            side.Change(delta, numbers);
        }
        else
        {
            side.Append(delta.Rows, numbers);
        }

        NoteCauses(input, start, delta);
    }

    public sealed override void Flush(CircuitStep step)
    {
        stepNumber++;
        Candidates.Clear();
        regions.Clear();
        TouchLeft(step.Sequence);
        AddLeftChanges();
        if (regions.Count == 0)
        {
            Join(Left, Right, rightKey: -1);
        }
        else
        {
            JoinWithRegions(step.Sequence);
        }

        Left.EndStep();
        Right.EndStep();
        stamps.SetCount(0);
        newCauses.SetCount(0);
        hasCauses = false;
        rightCause = DeltaCause.New;
        floorsWereRaised |= Left.HasFloors || Right.HasFloors;
        lastSequence = step.Sequence;
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(lastSequence);
        writer.Write(table?.Count ?? 0);
        for (var i = 0; table is not null && i < table.Keys.Length; i++)
        {
            writer.WriteVector(table.Keys[i]);
        }

        Left.Save(writer);
        Right.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        lastSequence = reader.Read<long>();
        var keyCount = reader.Read<int>();
        if (table is not null)
        {
            LoadKeys(reader, keyCount);
        }

        Left.Load(reader);
        Right.Load(reader);
        EnsureKeys();
        floorsWereRaised = Left.HasFloors || Right.HasFloors;
    }

    public override void Dispose()
    {
        table?.Dispose();
        Left.Dispose();
        Right.Dispose();
        scratch.Dispose();
        stamps.Dispose();
        newCauses.Dispose();
        Candidates.Dispose();
        base.Dispose();
    }

    /// <summary>Joins the candidates, whose rows lie in a side, with rows of another, and emits what changes.</summary>
    /// <param name="left">Holds the candidates' slots.</param>
    /// <param name="right">Holds their partners.</param>
    /// <param name="rightKey">The key of all of them there, or -1 for each left row's own.</param>
    protected abstract void Join(JoinSide left, JoinSide right, int rightKey);

    /// <summary>
    /// How many of the newest rows of an input that only appends are kept, so that rows that are a little late need no reading back: an
    /// eighth of what an operator may keep, for there are two inputs, and twice as many rows before they are moved together.
    /// </summary>
    protected static int KeptRows(CircuitContext context) => Math.Max(1, context.RowsKeptMax / 8);

    /// <summary>True where the operator that feeds an input only appends rows with a sequence.</summary>
    private static bool IsAppended(IncrementalOperator input) =>
        input.IsAppendOnly
        && input.KeyColumns.Count > 0
        && input.Schema[input.KeyColumns[^1]].Type == DataType.BigInt
        && input.KeyColumns.SkipLast(1).All(k => input.Schema[k].Name == JoinKeys.BranchName);

    private static void CheckTime(DataType type, string name)
    {
        if (type.Kind is not (TypeKind.Timestamp or TypeKind.BigInt or TypeKind.Date or TypeKind.Int))
        {
            Throw.Error(
                ErrorCode.NotSupported,
                $"{name} over times of type {type} cannot be kept up incrementally: take a TIMESTAMP, BIGINT, DATE or INTEGER"
            );
        }
    }

    private static KeyTable MakeTable(StreamJoinShape shape, BatchSchema left, BatchSchema right, BlockPool pool) =>
        KeyTable.Create(
            [
                .. shape.LeftKeys.Select(
                    (c, i) => new KeyType(left[c].Type, left[c].Nullable || right[shape.RightKeys[i]].Nullable)
                ),
            ],
            pool
        );

    private static string BoundOf(JoinSideShape side) =>
        side.IsKeyed ? "all rows, as they change in place"
        : side.KeepsNewest ? $"the newest {side.BoundRows} rows and one for each key"
        : $"the newest {side.BoundRows} rows";

    // A number for each row's key, -1 where part of it is NULL, for NULL equals nothing.
    private void Number(Batch batch, int[] columns)
    {
        var count = batch.RowCount;
        numbers = numbers.Length < count ? new int[count] : numbers;
        var found = numbers.AsSpan(0, count);
        if (table is null)
        {
            found.Clear();
            return;
        }

        for (var i = 0; i < columns.Length; i++)
        {
            keyVectors[i] = batch[columns[i]];
        }

        var isOfSymbols =
            columns.Length == 1 && keyVectors[0].Type.Kind == TypeKind.Symbol && !keyVectors[0].MayHaveNulls;
        if (isOfSymbols && symbolNumbers.TryFind(keyVectors[0].Values<int>()[..count], found))
        {
            return;
        }

        table.Assign(keyVectors, count, found);
        if (isOfSymbols)
        {
            symbolNumbers.Note(keyVectors[0].Values<int>()[..count], found);
        }

        foreach (var column in keyVectors)
        {
            var validity = column.Validity;
            for (var i = 0; i < validity.Length; i++)
            {
                found[i] = validity[i] == 0 ? -1 : found[i];
            }
        }

        EnsureKeys();
    }

    private void EnsureKeys()
    {
        Left.EnsureKeys(table?.Count ?? 1);
        Right.EnsureKeys(table?.Count ?? 1);
    }

    private void LoadKeys(StateReader reader, int keyCount)
    {
        using var keys = Batch.Allocate(
            new BatchSchema([.. Shape.LeftKeys.Select(c => leftInput.Schema[c])]),
            Math.Max(keyCount, 1),
            Context.Pool
        );
        for (var i = 0; i < keys.ColumnCount; i++)
        {
            reader.ReadVector(keys[i]);
        }

        keys.SetRowCount(keyCount);
        var columns = new ColumnVector[keys.ColumnCount];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = keys[i];
        }

        numbers = numbers.Length < keyCount ? new int[keyCount] : numbers;
        if (keyCount > 0)
        {
            table!.Assign(columns, keyCount, numbers);
        }
    }

    // Causes of left rows go with them; a right row that corrects says why, the gravest of the step for all.
    private void NoteCauses(int input, int start, in DeltaBatch delta)
    {
        if (input == 1)
        {
            foreach (var cause in delta.Causes)
            {
                rightCause = cause > rightCause ? cause : rightCause;
            }

            return;
        }

        if (delta.Causes.IsEmpty && !hasCauses)
        {
            return;
        }

        hasCauses = true;
        newCauses.Extend(start - Left.FirstNew + delta.RowCount, (byte)DeltaCause.New);
        for (var i = 0; i < delta.Causes.Length; i++)
        {
            newCauses[start - Left.FirstNew + i] = (byte)delta.Causes[i];
        }
    }

    private DeltaCause CauseOf(int leftSlot) =>
        hasCauses && leftSlot >= Left.FirstNew && leftSlot - Left.FirstNew < newCauses.Count
            ? (DeltaCause)newCauses[leftSlot - Left.FirstNew]
            : DeltaCause.New;

    // Rows that were there before change by what came on the right.
    private DeltaCause CauseOfTouched => rightCause == DeltaCause.New ? DeltaCause.Update : rightCause;
}
