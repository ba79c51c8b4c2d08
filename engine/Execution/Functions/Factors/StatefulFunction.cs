using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A function whose value at a row depends on the rows before it: moving windows, exponential averages, running totals. It stands under
/// CONTEXT BY, may nest, and has a state for each key. Declared in Functions/Factors, found through <see cref="FunctionRegistry"/>.
/// </summary>
/// <remarks>
/// One rule holds for all but <c>prev</c>: a row in which an argument is NULL gives NULL and leaves the state as it is. The value at a row
/// is a function of the key's rows up to it, in the order of (event time, <c>_seq</c>), and of nothing else (law 2).
/// </remarks>
public sealed class StatefulFunction
{
    /// <summary>Name in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>What it returns, and how many rows it takes to warm up.</summary>
    public required string Summary { get; init; }

    /// <summary>A call that compiles and runs, for the reference and its test.</summary>
    public required string Example { get; init; }

    /// <summary>
    /// The overload for these argument types (an untyped NULL comes as null) and constants (null for an argument that is none), or null.
    /// </summary>
    public required Func<
        IReadOnlyList<DataType?>,
        IReadOnlyList<ConstantValue?>,
        StatefulOverload?
    > Resolve { get; init; }

    /// <summary>
    /// For a function that is written in terms of others: the expression that stands for a call, made with a function that binds a call by
    /// its name. Null for one with a state of its own.
    /// </summary>
    public Func<
        IReadOnlyList<BoundExpression>,
        Func<string, BoundExpression[], BoundExpression>,
        BoundExpression?
    >? Expand { get; init; }
}

/// <summary>One overload, chosen for a call together with its constant parameters.</summary>
/// <param name="Function">The function it belongs to.</param>
/// <param name="ArgumentTypes">Types of the arguments that have a value for each row; they come before the parameters.</param>
/// <param name="Parameters">The constant parameters as text; calls of one function with the same text and arguments are one.</param>
/// <param name="ReturnType">Type of the result, which may be NULL.</param>
/// <param name="Reach">How far back the value at a row depends on others.</param>
/// <param name="CreateState">Makes the states of a set of keys.</param>
public sealed record StatefulOverload(
    StatefulFunction Function,
    IReadOnlyList<DataType> ArgumentTypes,
    string Parameters,
    DataType ReturnType,
    FactorReach Reach,
    Func<EvaluationContext, StatefulState> CreateState
);

/// <summary>
/// How far back a function looks from a row: a number of rows before it and a span of time before it, both of which are needed.
/// </summary>
/// <param name="Rows">Rows with values before the row; <see cref="Unbounded"/>: all.</param>
/// <param name="Nanos">Time before the row.</param>
public readonly record struct FactorReach(long Rows, long Nanos)
{
    /// <summary>Everything since the key's first row, or the last reset.</summary>
    public static FactorReach Unbounded { get; } = new(long.MaxValue, 0);

    /// <summary>True where all rows before count.</summary>
    public bool IsUnbounded => Rows == long.MaxValue;

    /// <summary>The reach of a function over the results of another.</summary>
    public FactorReach Over(FactorReach inner) =>
        IsUnbounded || inner.IsUnbounded ? Unbounded : new(Rows + inner.Rows, Nanos + inner.Nanos);

    /// <summary>The farther of both.</summary>
    public FactorReach Or(FactorReach other) => new(Math.Max(Rows, other.Rows), Math.Max(Nanos, other.Nanos));
}

/// <summary>Rows that a function is to see, in order within each slot. On loan for the call.</summary>
public readonly ref struct FactorRows
{
    /// <summary>The arguments, a vector each.</summary>
    public required ReadOnlySpan<ColumnVector> Arguments { get; init; }

    /// <summary>The slot of each row: the number of its key's state.</summary>
    public required ReadOnlySpan<int> Slots { get; init; }

    /// <summary>The event time of each row, in nanoseconds; never falls within a slot.</summary>
    public required ReadOnlySpan<long> Times { get; init; }

    /// <summary>A byte a row: 0 where an argument is NULL; empty where none is.</summary>
    public required ReadOnlySpan<byte> Validity { get; init; }

    /// <summary>True where no argument of the row is NULL.</summary>
    public bool HasValue(int row) => Validity.IsEmpty || Validity[row] != 0;
}

/// <summary>
/// The states of one function for many keys, in slots numbered from 0, in flat memory of the query's or the view's budget. One thread
/// at a time.
/// </summary>
public abstract class StatefulState : IDisposable
{
    /// <summary>Makes sure that slots 0 to <paramref name="slotCount"/> - 1 exist; new ones have seen no row.</summary>
    public abstract void EnsureSlots(int slotCount);

    /// <summary>Takes rows, and writes a result for each of them to an empty vector with room for them.</summary>
    public abstract void Update(in FactorRows rows, ColumnVector result);

    /// <summary>Forgets what a slot has seen.</summary>
    public abstract void Reset(int slot);

    /// <summary>Writes all slots, for a checkpoint.</summary>
    public abstract void Save(StateWriter writer);

    /// <summary>Reads what <see cref="Save"/> wrote, into a state whose slots have been made.</summary>
    public abstract void Load(StateReader reader);

    /// <summary>How many bytes <see cref="CopyOut"/> writes for a slot.</summary>
    public abstract int SlotBytes(int slot);

    /// <summary>Writes one slot to the beginning of <paramref name="target"/>, for a snapshot.</summary>
    /// <returns>How many bytes were written.</returns>
    public abstract int CopyOut(int slot, Span<byte> target);

    /// <summary>Puts what <see cref="CopyOut"/> wrote, of this or another slot, in the place of what a slot has seen.</summary>
    /// <returns>How many bytes were read.</returns>
    public abstract int CopyIn(int slot, ReadOnlySpan<byte> source);

    /// <summary>Returns memory.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
