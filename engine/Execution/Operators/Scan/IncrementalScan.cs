using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Where rows of a table enter a circuit: its columns are shown, not copied. Rows that came late say so in their cause. Filters of a
/// circuit's plan stay above its scans.
/// </summary>
internal sealed class IncrementalScan : IncrementalOperator
{
    private readonly Batch view;
    private readonly int[] columns;
    private readonly int lateColumn;
    private DeltaCause[] causes = new DeltaCause[64];

    public IncrementalScan(ScanNode node, CircuitContext context)
        : base(node, [node.Request.Columns.ToList().IndexOf(node.Source.Schema.SequenceIndex)])
    {
        var request = node.Request;
        if (
            request.Latest != LatestRow.All
            || KeyColumns[0] < 0
            || request.Predicates.Count > 0
            || request.Symbols is not null
            || request.TimeFrom != long.MinValue
            || request.TimeTo != long.MaxValue
        )
        {
            Throw.Error(ErrorCode.Internal, "A scan of a circuit yields all rows of its table, with their sequences");
        }

        Input = context.IndexOfInput(node.Source.Schema.Name);
        columns = [.. request.Columns];
        lateColumn = node.Source.Schema.AllColumns.ToList().FindIndex(c => c.Name == "_late");
        view = Batch.CreateView(Schema);
        IsAppendOnly = true;
        EmitsKeysOnce = true;
    }

    /// <summary>Index of the table among the circuit's inputs.</summary>
    public int Input { get; }

    /// <summary>Takes rows of the table, all columns with the system's, in the order of <c>_seq</c>.</summary>
    public override void Push(int input, in DeltaBatch delta)
    {
        var rows = delta.Rows;
        for (var i = 0; i < columns.Length; i++)
        {
            view[i].Borrow(rows[columns[i]], 0, rows.RowCount);
        }

        view.SetRowCount(rows.RowCount);
        Emit(new DeltaBatch(view) { Causes = CausesOf(rows[lateColumn].Values<byte>()) });
    }

    // Empty, and no work, where no row is late.
    private ReadOnlySpan<DeltaCause> CausesOf(ReadOnlySpan<byte> late)
    {
        if (late.IndexOf((byte)1) < 0)
        {
            return default;
        }

        if (causes.Length < late.Length)
        {
            causes = new DeltaCause[late.Length];
        }

        for (var i = 0; i < late.Length; i++)
        {
            causes[i] = late[i] != 0 ? DeltaCause.LateCorrection : DeltaCause.New;
        }

        return causes.AsSpan(0, late.Length);
    }
}
