using TickStore.Sql.Syntax.Generated;
using G = TickStore.Sql.Syntax.Generated.TickSqlParser;

namespace TickStore.Sql.Syntax;

/// <summary>SAMPLE BY and calendars.</summary>
internal sealed partial class AstBuilder
{
    private SampleBy Sample(G.SampleByContext context)
    {
        Expression? origin = null;
        BucketSide? closed = null;
        BucketSide? label = null;
        StringLiteral? zone = null;
        CalendarChoice? calendar = null;
        FillClause? fill = null;
        bool? merges = null;
        foreach (var option in context.sampleOption())
        {
            switch (option.Start.Type)
            {
                case TickSqlLexer.ORIGIN:
                    RefuseTwice(origin, option, "ORIGIN");
                    origin = Value(option.value());
                    break;
                case TickSqlLexer.CLOSED:
                    RefuseTwice(closed, option, "CLOSED");
                    closed = option.LEFT() is not null ? BucketSide.Start : BucketSide.End;
                    break;
                case TickSqlLexer.TIME:
                    RefuseTwice(zone, option, "TIME ZONE");
                    zone = Text(option.zone);
                    break;
                case TickSqlLexer.CALENDAR:
                    RefuseTwice(calendar, option, "CALENDAR");
                    calendar = Calendar(option);
                    break;
                case TickSqlLexer.MERGE:
                    RefuseTwice(merges, option, "MERGE SHORT LAST");
                    merges = true;
                    break;
                case TickSqlLexer.FILL:
                    RefuseTwice(fill, option, "FILL");
                    fill = new FillClause(
                        Span(option),
                        Array.ConvertAll(option.fillValue(), FillValue),
                        option.WITHIN() is not null
                    );
                    break;
                default:
                    RefuseTwice(label, option, "LABEL");
                    label = Name(option.identifier()).Name switch
                    {
                        "open" => BucketSide.Start,
                        "close" => BucketSide.End,
                        _ => throw Error(option.identifier(), "LABEL takes OPEN or CLOSE"),
                    };
                    break;
            }
        }

        return new SampleBy(Span(context), Interval(context.bucket), origin, closed, label)
        {
            Zone = zone,
            Calendar = calendar,
            MergesShortLast = merges ?? false,
            Fill = fill,
        };
    }

    private CalendarChoice Calendar(G.SampleOptionContext option)
    {
        var name = option.calendarName();
        var text = name.stringLiteral() is { } literal
            ? Text(literal)
            : new StringLiteral(Span(name), Name(name.identifier()).Name);
        return new CalendarChoice(
            Span(option),
            text,
            Array.ConvertAll(option.placement(), p => new PlacementItem(Span(p), Name(p.session), Name(p.target)))
        );
    }

    private FillItem FillValue(G.FillValueContext value)
    {
        if (value.number() is { } number)
        {
            var form = number.Start.Type switch
            {
                TickSqlLexer.INTEGER => NumberForm.Integer,
                TickSqlLexer.DECIMAL => NumberForm.Decimal,
                _ => NumberForm.Float,
            };
            var literal = NumberOf(number.Start, form);
            return new FillItem(
                Span(value),
                null,
                value.MINUS() is null ? literal : literal with { Text = "-" + literal.Text }
            );
        }

        var word = value.NULL() is not null ? "null" : Name(value.identifier()).Name;
        return word is "prev" or "linear" or "null"
            ? new FillItem(Span(value), word, null)
            : throw Error(value, "FILL takes PREV, LINEAR, NULL or a number");
    }

    private CreateCalendarStatement CreateCalendar(G.CreateCalendarContext context) =>
        new(
            Span(context),
            Name(context.calendar),
            context.IF() is not null,
            Text(context.zone),
            context.days is null ? null : Name(context.days),
            Array.ConvertAll(
                context.calendarSession(),
                s => new SessionItem(
                    Span(s),
                    Name(s.identifier()),
                    Text(s.from),
                    Text(s.until),
                    s.AUCTION().Length > 0,
                    s.NIGHT().Length > 0
                )
            ),
            context.outside is null ? null : Name(context.outside)
        );
}
