using TickStore.Core;
using TickStore.Execution;
using TickStore.Streaming;

namespace TickStore;

/// <summary>Takes changes on the thread that commits, before the commit returns: must be quick, must not commit, must not throw.</summary>
/// <param name="push">On loan for the call.</param>
public delegate void ChangeHandler(in ChangePush push);

/// <summary>Changes of one step as a handler gets them: nothing is copied, and nothing allocated.</summary>
public readonly ref struct ChangePush
{
    internal ChangePush(in DeltaBatch changes, ChangeShape shape, long sequence, uint epoch, TickDatabase database)
    {
        Changes = changes;
        (Shape, Sequence, Epoch, Database) = (shape, sequence, epoch, database);
    }

    /// <summary>The changes.</summary>
    public DeltaBatch Changes { get; }

    /// <summary>What the columns are: first those asked for, then hidden ones of the key.</summary>
    public ChangeShape Shape { get; }

    /// <summary>The new rows; of a deleted one only the key has values.</summary>
    public Batch Rows => Changes.Rows;

    /// <summary>How many rows there are.</summary>
    public int RowCount => Changes.RowCount;

    /// <summary>The end of the step: of the commit that caused it.</summary>
    public long Sequence { get; }

    /// <summary>Which opening of the database this is.</summary>
    public uint Epoch { get; }

    /// <summary>Every row up to this sequence survives a crash; as a rule the rows at hand are not among them yet.</summary>
    public long DurableSequence => Database.DurableSequence;

    /// <summary>The database, for its dictionary of symbols.</summary>
    public TickDatabase Database { get; }

    /// <summary>What a row does.</summary>
    public ChangeOp OpOf(int row) =>
        Changes.IsDelete(row) ? ChangeOp.Delete
        : !Changes.HasOld.IsEmpty && Changes.HasOld[row] != 0 ? ChangeOp.Update
        : ChangeOp.Insert;

    /// <summary>Why a row changed.</summary>
    public DeltaCause CauseOf(int row) => Changes.CauseOf(row);
}
