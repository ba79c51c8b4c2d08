using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>
/// What names in a statement may refer to: the tables of a snapshot, the catalog's views, symbols, the clock.
/// </summary>
internal interface IBindingCatalog
{
    /// <summary>The dictionary that SYMBOL ids refer to.</summary>
    ISymbolTable Symbols { get; }

    /// <summary>Where memory is taken from while constants and uncorrelated subqueries are computed.</summary>
    BlockPool Pool { get; }

    /// <summary>Nanoseconds since 1970 that <c>now()</c> returns in this statement.</summary>
    long NowNanos { get; }

    /// <summary>Names of all tables, for "did you mean".</summary>
    IEnumerable<string> TableNames { get; }

    /// <summary>Names of the views in schema <c>ts_catalog</c>, without the schema.</summary>
    IEnumerable<string> CatalogViewNames { get; }

    /// <summary>
    /// A table by name, ignoring case, or null. With <paramref name="asOfSequence"/> at the snapshot of that sequence,
    /// else at the statement's own. The source lives as long as the statement.
    /// </summary>
    ITableSource? FindTable(string name, long? asOfSequence);

    /// <summary>Names of the views that were created, for "did you mean".</summary>
    IEnumerable<string> ViewNames { get; }

    /// <summary>
    /// A view that was created, by name, ignoring case, or null; at the snapshot of a sequence, or at the statement's own. Throws where its
    /// definition cannot be bound any more.
    /// </summary>
    ViewRows? FindView(string name, long? asOfSequence);

    /// <summary>The rows of a view of schema <c>ts_catalog</c>, or null.</summary>
    PlanNode? FindCatalogView(string name);

    /// <summary>The watermark of a table at the statement's snapshot, in nanoseconds; null where nothing is known of it.</summary>
    Func<string, long>? Watermarks => null;

    /// <summary>The table whose watermark the times of a view obey, or null.</summary>
    string? ClockOf(string view) => null;

    /// <summary>A trading calendar by name, ignoring case, or null: those of the system, and those that statements made.</summary>
    TradingCalendar? FindCalendar(string name) => BuiltInCalendars.Find(name);

    /// <summary>A function that a statement made, by name, ignoring case, or null.</summary>
    FunctionDefinition? FindFunction(string name) => null;

    /// <summary>Names of the functions that statements made, for "did you mean".</summary>
    IEnumerable<string> FunctionNames => [];

    /// <summary>Names of all calendars, for errors.</summary>
    IEnumerable<string> CalendarNames => BuiltInCalendars.Names;
}
