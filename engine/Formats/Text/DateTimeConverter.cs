using TickStore.Core;

namespace TickStore.Formats;

/// <summary>A time stamp from two fields, a date and a time of day, on a local clock.</summary>
internal sealed class DateTimeConverter(string column, int dateField, int timeField, LocalClock clock, bool nullable)
    : FieldConverter(column)
{
    public override void Convert(TextBlock block, ColumnVector target, int at)
    {
        var values = target.Writable<long>()[at..];
        for (var row = 0; row < block.RowCount; row++)
        {
            if (!block.TryGet(row, dateField, out var date) | !block.TryGet(row, timeField, out var time))
            {
                values[row] = 0;
                if (nullable)
                {
                    target.WritableValidity()[at + row] = 0;
                }
                else
                {
                    block.Fail(row, $"column {Column} is NOT NULL, and its date or time is empty");
                }

                continue;
            }

            var status = DateText.TryParse(date, out var days);
            if (status != TextStatus.Ok)
            {
                block.Fail(row, Column, status, date, DataType.Date);
            }
            else if (!TimeOfDay.TryParse(time, out var nanosOfDay))
            {
                block.Fail(row, Column, TextStatus.Malformed, time, DataType.Timestamp);
            }
            else
            {
                var local = ((Int128)days * Interval.NanosPerDay) + nanosOfDay;
                status = local == (long)local ? clock.ToUtc((long)local, out values[row]) : TextStatus.Overflow;
                if (status != TextStatus.Ok)
                {
                    block.Fail(row, Column, status, date, DataType.Timestamp);
                }
            }
        }
    }
}
