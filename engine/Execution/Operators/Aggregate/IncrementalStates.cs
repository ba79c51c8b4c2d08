using TickStore.Core;

namespace TickStore.Execution;

/// <summary>The states of one aggregate of an incremental aggregation, or of several that are computed in one pass.</summary>
internal abstract class IncrementalStates : IDisposable
{
    /// <summary>Makes sure that there are that many groups.</summary>
    public abstract void EnsureGroups(int placeCount);

    /// <summary>Adds rows to groups.</summary>
    /// <param name="rows">New rows of the input.</param>
    /// <param name="places">The group of each.</param>
    /// <param name="isOneGroup">True where all rows are of one group.</param>
    public abstract void Add(Batch rows, ReadOnlySpan<int> places, bool isOneGroup);

    /// <summary>
    /// Takes rows out, puts rows in, or replaces one by another, in the order given. Groups in which that cannot be done exactly are asked
    /// to be built again; what befalls them until then does not matter.
    /// </summary>
    public abstract void Change(
        Batch oldRows,
        ReadOnlySpan<int> oldPlaces,
        Batch newRows,
        ReadOnlySpan<int> newPlaces,
        ReadOnlySpan<RowChange> changes,
        IncrementalGroups groups
    );

    /// <summary>Appends the results of groups to the columns of the aggregates.</summary>
    public abstract void AppendResults(ReadOnlySpan<int> places, Batch target);

    /// <summary>Empties a group.</summary>
    public abstract void ResetGroup(int place);

    /// <summary>Writes groups, whose places will be 0, 1 and so on.</summary>
    public abstract void Save(StateWriter writer, ReadOnlySpan<int> live);

    /// <summary>Reads what <see cref="Save"/> wrote, into groups that exist and are empty.</summary>
    public abstract void Load(StateReader reader, ReadOnlySpan<int> places);

    /// <inheritdoc/>
    public abstract void Dispose();
}
