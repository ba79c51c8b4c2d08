using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Statements;

/// <summary>CREATE CALENDAR to a calendar. What does not fit is refused where it stands.</summary>
internal static class CalendarDefinitions
{
    /// <summary>The calendar. A table of days is read now, and not again.</summary>
    public static TradingCalendar Bind(string sql, CreateCalendarStatement create, SnapshotCatalog catalog)
    {
        var sessions = create.Sessions.Select(s => SessionOf(sql, s)).ToArray();
        var outside = create.Outside?.Name switch
        {
            null or "none" => Placement.None,
            "last" => Placement.Last,
            "next" => Placement.Next,
            _ => throw SqlError.At(
                ErrorCode.InvalidArgument,
                sql,
                create.Outside.Span,
                "rows outside of sessions go INTO LAST, NEXT or NONE"
            ),
        };
        var dates = create.Days is null ? [] : DatesOf(sql, create.Days, catalog);
        try
        {
            return new TradingCalendar(create.Name.Name, create.Zone.Value, sessions, new ListedDates(dates), outside);
        }
        catch (TickStoreException error) when (error.SqlPosition < 0)
        {
            throw SqlError.At(error.Code, sql, create.Span, error.Message);
        }
    }

    private static SessionRule SessionOf(string sql, SessionItem session)
    {
        var (from, until) = (TimeOf(sql, session.From), TimeOf(sql, session.Until));
        return new SessionRule(session.Name.Name, from, until, session.IsAuction, session.IsNight || until < from);
    }

    private static int TimeOf(string sql, StringLiteral text) =>
        CalendarText.TryReadTime(text.Value, out var seconds)
            ? seconds
            : throw SqlError.At(
                ErrorCode.InvalidText,
                sql,
                text.Span,
                $"'{text.Value}' is no time of day: 'hh:mm' or 'hh:mm:ss', '00:00' to '24:00'"
            );

    // A column of dates; perhaps a BOOLEAN that says whether there is trade, and a text that says when a half day ends.
    private static Dictionary<int, int> DatesOf(string sql, QualifiedName name, SnapshotCatalog catalog)
    {
        var source =
            catalog.FindTable(name.Name, null)
            ?? throw SqlError.At(
                ErrorCode.UnknownName,
                sql,
                name.Span,
                $"there is no table \"{name.Name}\"{NearestName.Hint(name.Name, catalog.TableNames)}"
            );
        int Find(Func<DataType, bool> isMeant) =>
            source.Schema.Columns.ToList().FindIndex(c => !c.Type.IsArray && isMeant(c.Type));
        var (date, isOpen, closes) = (
            Find(static t => t.Kind == TypeKind.Date),
            Find(static t => t.Kind == TypeKind.Boolean),
            Find(static t => t.Kind == TypeKind.Varchar)
        );
        if (date < 0)
        {
            throw SqlError.At(
                ErrorCode.TypeMismatch,
                sql,
                name.Span,
                $"table \"{name.Name}\" has no column of type DATE: it lists trading dates, or with a BOOLEAN column dates with and "
                    + "without trade; a VARCHAR column gives the 'hh:mm' at which a half day ends"
            );
        }

        int[] columns = [.. new[] { date, isOpen, closes }.Where(c => c >= 0)];
        var request = new ScanRequest { Columns = columns, Order = ScanOrder.Sequence };
        var dates = new Dictionary<int, int>();
        using var scan = source.OpenScan(request, catalog.Pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    if (!batch[0].IsNull(row))
                    {
                        dates[batch[0].Values<int>()[row]] = KindOf(sql, name, batch, row, isOpen >= 0, closes >= 0);
                    }
                }
            }
        }

        if (isOpen < 0 && dates.Count > 0)
        {
            CloseBetween(dates);
        }

        return dates;
    }

    private static int KindOf(string sql, QualifiedName name, Batch batch, int row, bool hasFlag, bool hasClose)
    {
        if (hasFlag && (batch[1].IsNull(row) || batch[1].Values<byte>()[row] == 0))
            return ListedDates.Closed;
        var close = hasClose ? batch[batch.ColumnCount - 1] : null;
        if (close is null || close.IsNull(row))
            return ListedDates.Open;
        var text = System.Text.Encoding.UTF8.GetString(close.Utf8(row));
        return text.Length == 0 ? ListedDates.Open
            : CalendarText.TryReadTime(text, out var seconds) ? seconds
            : throw SqlError.At(
                ErrorCode.InvalidText,
                sql,
                name.Span,
                $"table \"{name.Name}\" says '{text}' where a half day ends: 'hh:mm' or 'hh:mm:ss'"
            );
    }

    // Only dates with trade are listed: between the first and the last, no other has any.
    private static void CloseBetween(Dictionary<int, int> dates)
    {
        for (int date = dates.Keys.Min(), last = dates.Keys.Max(); date < last; date++)
        {
            if (!ListedDates.IsWeekend(date))
                dates.TryAdd(date, ListedDates.Closed);
        }
    }
}
