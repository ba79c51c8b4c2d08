using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What a delta does to the row with its key.</summary>
public enum DeltaOp : byte
{
    /// <summary>The row is there from now on, and replaces the one that had its key, if any.</summary>
    Upsert,

    /// <summary>The row with this key is gone; only the key columns hold values.</summary>
    Delete,
}

/// <summary>Why a row changed.</summary>
public enum DeltaCause : byte
{
    /// <summary>A new row of a source brought a row into being.</summary>
    New,

    /// <summary>A new row of a source changed a row that was there.</summary>
    Update,

    /// <summary>A row that came late changed what its event time says it should have been part of.</summary>
    LateCorrection,

    /// <summary>A source took back or corrected what it had said.</summary>
    SourceCorrection,
}

/// <summary>
/// Changes of a keyed set of rows, as one operator hands them to the next: rows to put in or take out, in the order in which they
/// are to be applied. On loan for the call.
/// </summary>
/// <param name="rows">The new rows; of a deleted one only the key columns hold values.</param>
public readonly ref struct DeltaBatch(Batch rows)
{
    /// <summary>The new rows; of a deleted one only the key columns hold values.</summary>
    public Batch Rows { get; } = rows;

    /// <summary>What each row does; empty where all are upserts.</summary>
    public ReadOnlySpan<DeltaOp> Ops { get; init; }

    /// <summary>Why each row changed; empty where all are <see cref="DeltaCause.New"/>.</summary>
    public ReadOnlySpan<DeltaCause> Causes { get; init; }

    /// <summary>
    /// The rows as they were before, aligned with <see cref="Rows"/>; null where no key was there before, as always from an operator
    /// that only appends.
    /// </summary>
    public Batch? Old { get; init; }

    /// <summary>A byte a row: 1 where <see cref="Old"/> holds what the row was; 0 where its key is new. Empty with no old rows.</summary>
    public ReadOnlySpan<byte> HasOld { get; init; }

    /// <summary>How many rows there are.</summary>
    public int RowCount => Rows.RowCount;

    /// <summary>True for a row that is taken out.</summary>
    public bool IsDelete(int row) => !Ops.IsEmpty && Ops[row] == DeltaOp.Delete;

    /// <summary>Why a row changed.</summary>
    public DeltaCause CauseOf(int row) => Causes.IsEmpty ? DeltaCause.New : Causes[row];
}
