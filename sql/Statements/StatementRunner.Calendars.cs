using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Statements;

/// <summary>CREATE CALENDAR and DROP CALENDAR.</summary>
internal sealed partial class StatementRunner
{
    private StatementResult CreateCalendar(CreateCalendarStatement create)
    {
        if (database.FindCalendar(create.Name.Name) is null)
        {
            using var catalog = new SnapshotCatalog(database, sql);
            database.CreateCalendar(CalendarDefinitions.Bind(sql, create, catalog));
        }
        else if (!create.IfNotExists)
        {
            throw SqlError.At(
                ErrorCode.AlreadyExists,
                sql,
                create.Name.Span,
                $"calendar \"{create.Name.Name}\" exists already"
            );
        }

        return new StatementResult("CREATE CALENDAR", 0, database.CommittedSequence);
    }

    private StatementResult DropCalendar(DropCalendarStatement drop)
    {
        if (!drop.IfExists || database.FindCalendar(drop.Name.Name) is not null)
            Pointing(
                drop.Name.Span,
                () =>
                {
                    database.DropCalendar(drop.Name.Name);
                    return true;
                }
            );
        return new StatementResult("DROP CALENDAR", 0, database.CommittedSequence);
    }
}
