// Proves: a .NET decimal in a row type becomes the units of its DECIMAL column exactly, or an error. The twin is decimal arithmetic; values
// lie around the limits of the column, of 64 bits, and of the digits that are allowed.
using TickStore.Core;

namespace TickStore.Tests.Engine;

public sealed class DecimalRowsTest
{
    private sealed record Row(TickTime Ts, decimal Px);

    [Theory]
    [InlineData(18, 2)]
    [InlineData(18, 18)]
    [InlineData(9, 0)]
    [InlineData(5, 4)]
    public void Decimals_become_their_units(int precision, int scale)
    {
        var limit = Power(precision - scale);
        var step = 1 / Power(scale);
        var values = new List<decimal>
        {
            0,
            -0.0m,
            step,
            -step,
            limit - step,
            step - limit,
            step * 1.000m,
            -(limit - step) * 1.0m,
        };
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            values.Add(
                random.NextInt64(-(long)Power(precision) + 1, (long)Power(precision)) / Power(random.Next(3))
                    is var units
                    ? decimal.Truncate(units) * step
                    : 0
            );
        }

        using var database = TickDatabase.OpenInMemory();
        database.CreateTable(Schema(precision, scale));
        using (var appender = database.CreateAppender<Row>("t"))
        {
            for (var i = 0; i < values.Count; i++)
            {
                appender.Append(new Row(new TickTime(i), values[i]));
            }
        }

        Assert.Equal(values.Select(v => (long)(v * Power(scale))), Read(database));
    }

    [Theory]
    [InlineData("10000000000000000")]
    [InlineData("-10000000000000000")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("92233720368547758.08")]
    [InlineData("0.001")]
    [InlineData("-1.005")]
    public void What_does_not_fit_is_refused(string text)
    {
        using var database = TickDatabase.OpenInMemory();
        database.CreateTable(Schema(18, 2));
        using var appender = database.CreateAppender<Row>("t");
        appender.Append(new Row(new TickTime(1), decimal.Parse(text)));
        var error = Assert.Throws<TickStoreException>(() => appender.Commit());
        Assert.Equal(ErrorCode.NumericOverflow, error.Code);
        appender.Discard();
    }

    private static TableSchema Schema(int precision, int scale) =>
        new(
            "t",
            [
                new("ts", DataType.Timestamp, Nullable: false),
                new("px", DataType.Decimal(precision, scale), Nullable: false),
            ]
        )
        {
            EventTimeColumn = 0,
        };

    private static decimal Power(int exponent)
    {
        var power = 1m;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    private static List<long> Read(TickDatabase database)
    {
        using var snapshot = database.OpenSnapshot();
        var request = new ScanRequest { Columns = [1], Order = ScanOrder.EventTime };
        using var scan = snapshot.GetTable("t").OpenScan(request, database.Pool, CancellationToken.None);
        var units = new List<long>();
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                units.AddRange(batch[0].Values<long>());
            }
        }

        return units;
    }
}
