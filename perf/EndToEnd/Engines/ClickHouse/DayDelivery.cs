namespace TickStore.EndToEnd.Engines.ClickHouse;

/// <summary>
/// Q12: all columns of a day's trades come to the client in time order, block by block in ClickHouse's Native format, and are summed
/// there.
/// </summary>
internal static class DayDelivery
{
    private const int ColumnCount = 5;

    public static object[][] Run(ChDbConnection connection, string sql)
    {
        var (count, quantity, cents) = (0L, 0L, 0L);
        var (isOrdered, before) = (true, long.MinValue);
        var keys = new List<string>();
        using var stream = connection.Stream(sql, "Native");
        while (stream.Next() is { } chunk)
        {
            using (chunk)
            {
                var reader = new NativeBlockReader(chunk.Bytes);
                while (reader.Next(ColumnCount))
                {
                    foreach (var ts in reader.Values<long>("DateTime64(9, 'UTC')"))
                    {
                        isOrdered &= ts >= before;
                        before = ts;
                    }

                    reader.Symbols(keys, out _);
                    foreach (var px in reader.Values<int>("Decimal(9, 2)"))
                    {
                        cents += px;
                    }

                    foreach (var qty in reader.Values<int>("Int32"))
                    {
                        quantity += qty;
                    }

                    count += reader.Values<byte>("Bool").Length;
                }
            }
        }

        return
        [
            [count, quantity, cents, isOrdered ? 1L : 0L],
        ];
    }
}
