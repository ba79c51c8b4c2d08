using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Streaming;

/// <summary>What a block tells.</summary>
public enum ChangeBlockKind : byte
{
    /// <summary>Rows that changed.</summary>
    Changes,

    /// <summary>No row: everything up to <see cref="ChangeBlock.Sequence"/> has been handed out.</summary>
    Progress,

    /// <summary>
    /// What the subscriber saw of a former epoch beyond <see cref="ChangeBlock.Sequence"/> never became durable, and is gone. What follows
    /// are the changes since that sequence as they are now.
    /// </summary>
    RolledBack,
}

/// <summary>
/// Some changes in order, 1 to <see cref="Batch.VectorRows"/> rows, or a mark. On loan until the next read of the same subscription: the
/// rows lie in memory that all subscribers of the source share.
/// </summary>
public sealed class ChangeBlock
{
    private readonly ChangeShape shape;
    private ChangeOp[] ops = [];
    private DeltaCause[] causes = [];
    private long[] steps = [];
    private int start;

    internal ChangeBlock(ChangeShape shape, ISymbolTable symbols)
    {
        this.shape = shape;
        Symbols = symbols;
        Rows = Batch.CreateView(shape.Schema);
    }

    /// <summary>What the block tells.</summary>
    public ChangeBlockKind Kind { get; private set; }

    /// <summary>
    /// All columns: first <see cref="VisibleCount"/> that were asked for, then hidden ones of the key. No rows in a mark.
    /// </summary>
    public Batch Rows { get; }

    /// <summary>How many columns were asked for.</summary>
    public int VisibleCount => shape.VisibleCount;

    /// <summary>The dictionary that SYMBOL ids refer to.</summary>
    public ISymbolTable Symbols { get; }

    /// <summary>How many rows there are.</summary>
    public int RowCount => Rows.RowCount;

    /// <summary>What each row does.</summary>
    public ReadOnlySpan<ChangeOp> Ops => ops.AsSpan(start, RowCount);

    /// <summary>Why each row changed.</summary>
    public ReadOnlySpan<DeltaCause> Causes => causes.AsSpan(start, RowCount);

    /// <summary>
    /// All changes up to this sequence have been handed out with this block: where to resume. It stays behind <see cref="SequenceOf"/> of
    /// the block's rows while more rows of the same step are to come.
    /// </summary>
    public long Sequence { get; private set; }

    /// <summary>Which opening of the database the changes were seen in.</summary>
    public uint Epoch { get; private set; }

    /// <summary>Every row up to this sequence survives a crash, as far as is known; never too high.</summary>
    public long DurableSequence { get; private set; }

    /// <summary>Rows that a slow reader has missed just before this block; see <see cref="SlowReaderPolicy.Skip"/>.</summary>
    public long SkippedRows { get; private set; }

    /// <summary>The <c>_seq</c> of a row of a table; of a view's row the end of the step that changed it.</summary>
    public long SequenceOf(int row) =>
        shape.SequenceColumn >= 0 && ops[start + row] != ChangeOp.Delete
            ? Rows[shape.SequenceColumn].Values<long>()[row]
            : steps[start + row];

    internal void ShowRows(Batch rows, ChangeOp[] rowOps, DeltaCause[] rowCauses, long[] rowSteps, int first, int count)
    {
        Kind = ChangeBlockKind.Changes;
        Rows.Borrow(rows, first, count);
        (ops, causes, steps, start) = (rowOps, rowCauses, rowSteps, first);
    }

    internal void ShowMark(ChangeBlockKind kind)
    {
        Kind = kind;
        Rows.SetRowCount(0);
    }

    /// <summary>Shows fewer of the rows.</summary>
    internal void Trim(int count) => Rows.Borrow(Rows, 0, count);

    internal void Stamp(long sequence, uint epoch, long durableSequence, long skippedRows)
    {
        (Sequence, Epoch, DurableSequence) = (sequence, epoch, durableSequence);
        SkippedRows = skippedRows;
    }
}
