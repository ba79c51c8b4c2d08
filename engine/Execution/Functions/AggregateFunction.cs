using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// An aggregate: one name, with overloads found by <see cref="Resolve"/>. Declared in Functions/&lt;Family&gt;/.
/// </summary>
public sealed class AggregateFunction
{
    /// <summary>Name in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence: what it returns, what it makes of NULL, and of no rows.</summary>
    public required string Summary { get; init; }

    /// <summary>A call that compiles and runs, for the reference and its test.</summary>
    public required string Example { get; init; }

    /// <summary>
    /// True for first, last and their like: the binder adds the event time and the sequence as the last two arguments.
    /// </summary>
    public bool IsOrderSensitive { get; init; }

    /// <summary>
    /// True where a state holds all rows of its group, so that it is better to finish one group after the other than to hold them
    /// all at once.
    /// </summary>
    public bool KeepsRows { get; init; }

    /// <summary>
    /// The overload for these argument types (without the order arguments; an untyped NULL comes as null), or null.
    /// </summary>
    public required Func<IReadOnlyList<DataType?>, AggregateOverload?> Resolve { get; init; }
}

/// <summary>One overload of an aggregate, chosen for a call.</summary>
/// <param name="Function">The function it belongs to.</param>
/// <param name="ArgumentTypes">Types that the arguments must be cast to (without the order arguments).</param>
/// <param name="ReturnType">Type of the result, which may be NULL.</param>
/// <param name="CreateState">Makes the states of a set of groups.</param>
public sealed record AggregateOverload(
    AggregateFunction Function,
    IReadOnlyList<DataType> ArgumentTypes,
    DataType ReturnType,
    Func<EvaluationContext, AggregateState> CreateState
);

/// <summary>
/// The states of one aggregate for many groups, numbered from 0. One thread at a time. Results do not depend on how rows were split
/// into batches or states (law 2): sums over DOUBLE are exact before they are rounded.
/// </summary>
public abstract class AggregateState : IDisposable
{
    /// <summary>Makes sure that groups 0 to <paramref name="groupCount"/> - 1 have a state; new ones are empty.</summary>
    public abstract void EnsureGroups(int groupCount);

    /// <summary>Adds rows to groups.</summary>
    /// <param name="arguments">Dense vectors, with the order arguments last where the function has them.</param>
    /// <param name="groups">A group for each row.</param>
    public abstract void Update(ReadOnlySpan<ColumnVector> arguments, ReadOnlySpan<int> groups);

    /// <summary>Adds all rows to one group: the fast path of ordered aggregation, over a run of rows.</summary>
    /// <param name="arguments">Dense vectors, with the order arguments last where the function has them.</param>
    /// <param name="startRow">First row.</param>
    /// <param name="rowCount">Rows to add.</param>
    /// <param name="group">The group.</param>
    public abstract void UpdateRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group);

    /// <summary>
    /// True where <see cref="RemoveRun"/> undoes <see cref="UpdateRun"/> to the bit, as for exact sums: then a sliding frame costs
    /// two steps a row, whatever its length.
    /// </summary>
    public virtual bool CanRemove => false;

    /// <summary>Takes rows out of a group that were added to it before. Only where <see cref="CanRemove"/>.</summary>
    /// <param name="arguments">As they were when the rows were added.</param>
    /// <param name="startRow">First row.</param>
    /// <param name="rowCount">Rows to take out.</param>
    /// <param name="group">The group.</param>
    public virtual void RemoveRun(ReadOnlySpan<ColumnVector> arguments, int startRow, int rowCount, int group) =>
        Throw.Error(ErrorCode.Internal, "This aggregate cannot take rows out again");

    /// <summary>
    /// True where one group can be read, emptied, saved and loaded by itself at a cost that does not depend on the other groups, nor on how
    /// many rows it has seen: what a view needs that is kept up row by row.
    /// </summary>
    public virtual bool IsIncremental => false;

    /// <summary>
    /// Takes one row out of a group that was added to it before, where that is exact. Else the group stays as it is, and has to be built
    /// again from its rows: an extreme, say, that is no longer there does not tell which value comes next.
    /// </summary>
    /// <param name="arguments">As they were when the row was added.</param>
    /// <param name="row">Index of the row.</param>
    /// <param name="group">The group.</param>
    public virtual bool TryRemove(ReadOnlySpan<ColumnVector> arguments, int row, int group)
    {
        if (!CanRemove)
        {
            return false;
        }

        RemoveRun(arguments, row, 1, group);
        return true;
    }

    /// <summary>
    /// Puts one row in the place of another, where that is exact; else the group stays as it is. It may be where
    /// <see cref="TryRemove"/> alone is not: a greater maximum needs no memory of the one before.
    /// </summary>
    /// <param name="oldArguments">As they were when the old row was added.</param>
    /// <param name="oldRow">Index of the old row.</param>
    /// <param name="arguments">Arguments of the new row.</param>
    /// <param name="row">Index of the new row.</param>
    /// <param name="group">The group of both.</param>
    public virtual bool TryReplace(
        ReadOnlySpan<ColumnVector> oldArguments,
        int oldRow,
        ReadOnlySpan<ColumnVector> arguments,
        int row,
        int group
    )
    {
        if (!TryRemove(oldArguments, oldRow, group))
        {
            return false;
        }

        UpdateRun(arguments, row, 1, group);
        return true;
    }

    /// <summary>Empties one group, whose number may be used again. Only where <see cref="IsIncremental"/>.</summary>
    public virtual void ResetGroup(int group) =>
        Throw.Error(ErrorCode.Internal, "This aggregate cannot empty one group by itself");

    /// <summary>Writes chosen groups. Only where <see cref="IsIncremental"/>.</summary>
    public virtual void Save(StateWriter writer, ReadOnlySpan<int> groups) =>
        Throw.Error(ErrorCode.Internal, "This aggregate cannot be saved");

    /// <summary>
    /// Reads what <see cref="Save"/> wrote into as many groups, which exist and are empty. Only where <see cref="IsIncremental"/>.
    /// </summary>
    public virtual void Load(StateReader reader, ReadOnlySpan<int> groups) =>
        Throw.Error(ErrorCode.Internal, "This aggregate cannot be loaded");

    /// <summary>Adds groups of another state of the same function to groups of this one.</summary>
    /// <param name="other">The other state.</param>
    /// <param name="groups">For each group of <paramref name="other"/>, the group here.</param>
    public abstract void Merge(AggregateState other, ReadOnlySpan<int> groups);

    /// <summary>Appends the results of groups [start, start + count) to <paramref name="result"/>.</summary>
    public abstract void AppendResults(int start, int count, ColumnVector result);

    /// <summary>Appends the results of chosen groups, in that order.</summary>
    public virtual void AppendResults(ReadOnlySpan<int> groups, ColumnVector result)
    {
        foreach (var group in groups)
        {
            AppendResults(group, 1, result);
        }
    }

    /// <summary>Forgets all groups, and keeps the memory.</summary>
    public abstract void Reset();

    /// <summary>Returns memory.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
