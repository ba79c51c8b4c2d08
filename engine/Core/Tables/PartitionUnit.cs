namespace TickStore.Core;

/// <summary>What spans of event time a table's segments are kept apart by. Numbers are written to disk.</summary>
public enum PartitionUnit : byte
{
    /// <summary>One partition for all.</summary>
    None = 0,

    /// <summary>An hour of UTC.</summary>
    Hour = 1,

    /// <summary>A day of UTC.</summary>
    Day = 2,

    /// <summary>A month of UTC.</summary>
    Month = 3,

    /// <summary>A year of UTC.</summary>
    Year = 4,
}
