namespace TickStore.Core;

/// <summary>
/// A keyed set of rows at one moment, such as the contents of a view: what is read stays as it is, whatever changes meanwhile. Lives as
/// long as whoever gave it says. Thread-safe.
/// </summary>
public interface IKeyedSource
{
    /// <summary>Name of the view.</summary>
    string Name { get; }

    /// <summary>Names and types of the columns, hidden ones of the key included.</summary>
    BatchSchema Schema { get; }

    /// <summary>The first columns of <see cref="Schema"/> that a query may name; those behind are hidden.</summary>
    int VisibleCount { get; }

    /// <summary>The columns that tell rows apart.</summary>
    IReadOnlyList<int> KeyColumns { get; }

    /// <summary>The column that says when a row happened (a TIMESTAMP), or -1.</summary>
    int TimeColumn { get; }

    /// <summary>How many rows there are.</summary>
    long RowCount { get; }

    /// <summary>Reads all rows, in no promised order.</summary>
    IBatchReader Open();
}
