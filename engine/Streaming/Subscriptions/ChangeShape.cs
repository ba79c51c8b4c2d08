using TickStore.Core;

namespace TickStore.Streaming;

/// <summary>What the changes of a source look like.</summary>
/// <param name="Schema">All columns: those that a subscriber asked for, then hidden ones of the key.</param>
/// <param name="VisibleCount">How many columns the subscriber asked for.</param>
/// <param name="KeyColumns">The columns that tell rows apart.</param>
/// <param name="SequenceColumn">The column with each row's own <c>_seq</c>, or -1 where a row's sequence is the end of its step.</param>
/// <param name="IsAppendOnly">True where rows are only ever added.</param>
public sealed record ChangeShape(
    BatchSchema Schema,
    int VisibleCount,
    IReadOnlyList<int> KeyColumns,
    int SequenceColumn,
    bool IsAppendOnly
)
{
    /// <summary>Bytes of a row, roughly; text is counted by itself.</summary>
    internal int RowBytes { get; } =
        Schema.Columns.Sum(c => (c.Type.ElementBytes * c.Type.LevelCount) + 1) + sizeof(long) + 2;
}
