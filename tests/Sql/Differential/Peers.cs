using System.Data.Common;
using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;

namespace TickStore.Tests.Sql.Differential;

/// <summary>The same two tables in TickStore, DuckDB and SQLite, and their answers as comparable text.</summary>
internal sealed class Peers : IDisposable
{
    private static readonly string[] Symbols = ["AAA", "BBB", "CCC", "DDD"];

    private readonly DuckDBConnection duck = new("DataSource=:memory:");
    private readonly SqliteConnection sqlite = new("Data Source=:memory:");

    public Peers(int rowCount, bool isSealed)
    {
        duck.Open();
        sqlite.Open();
        Database.Execute(
            """
            CREATE TABLE t (id BIGINT, ts TIMESTAMP, sym SYMBOL, px DECIMAL(12,3), qty BIGINT, w DOUBLE, side VARCHAR, flag BOOLEAN)
            EVENT TIME ts CLUSTER BY (sym);
            CREATE TABLE q (id BIGINT, ts TIMESTAMP, sym SYMBOL, bid DECIMAL(12,3)) EVENT TIME ts CLUSTER BY (sym)
            """
        );
        Peer(
            duck,
            "CREATE TABLE t (id BIGINT, ts TIMESTAMP, sym VARCHAR, px DECIMAL(12,3), qty BIGINT, w DOUBLE, side VARCHAR, flag BOOLEAN)"
        );
        Peer(duck, "CREATE TABLE q (id BIGINT, ts TIMESTAMP, sym VARCHAR, bid DECIMAL(12,3))");
        Peer(
            sqlite,
            "CREATE TABLE t (id INTEGER, ts TEXT, sym TEXT, px REAL, qty INTEGER, w REAL, side TEXT, flag INTEGER)"
        );
        Peer(sqlite, "CREATE TABLE q (id INTEGER, ts TEXT, sym TEXT, bid REAL)");
        var random = new Random(20230201);
        Insert("t", [.. Enumerable.Range(0, rowCount).Select(i => TradeRow(i, random))]);
        Insert("q", [.. Enumerable.Range(0, rowCount / 2).Select(i => QuoteRow(i, random))]);
        if (isSealed)
            Database.Seal();
    }

    public TickDatabase Database { get; } = TickDatabase.OpenInMemory();

    public void Dispose()
    {
        Database.Dispose();
        duck.Dispose();
        sqlite.Dispose();
    }

    public List<string> Ours(string sql)
    {
        using var result = Database.Query(sql);
        return [.. result.ToTextRows().Select(r => string.Join('|', r.Select(v => v is null ? "NULL" : Number(v))))];
    }

    public List<string> Duck(string sql) => Read(duck, sql);

    public List<string> Sqlite(string sql) => Read(sqlite, sql);

    // Each time stamp is unique within a table, so that every order by time is total.
    private static string TradeRow(int i, Random random)
    {
        string OrNull(string value) => random.Next(8) == 0 ? "NULL" : value;
        var ts = Time((i * 700L) + random.Next(700));
        return $"({i}, '{ts}', '{Symbols[random.Next(4)]}', {OrNull($"{random.Next(9000, 11000)}.{random.Next(1000):D3}")}, "
            + $"{OrNull(random.Next(1, 500).ToString(CultureInfo.InvariantCulture))}, {OrNull($"{random.Next(-4000, 4000) / 64.0}e0")}, "
            + $"{OrNull(random.Next(2) == 0 ? "'buy'" : "'sell'")}, {OrNull(random.Next(2) == 0 ? "true" : "false")})";
    }

    private static string QuoteRow(int i, Random random) =>
        $"({i}, '{Time((i * 1400L) + random.Next(1400))}', '{Symbols[random.Next(3)]}', {random.Next(9000, 11000)}.{random.Next(1000):D3})";

    private static string Time(long millis) =>
        new DateTime(2023, 2, 1, 9, 30, 0, DateTimeKind.Utc)
            .AddMilliseconds(millis)
            .ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private void Insert(string table, string[] rows)
    {
        foreach (var chunk in rows.Chunk(500))
        {
            var sql = $"INSERT INTO {table} VALUES {string.Join(",\n", chunk)}";
            Database.Execute(sql);
            Peer(duck, sql);
            Peer(sqlite, sql);
        }
    }

    private static void Peer(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static List<string> Read(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(
                string.Join(
                    '|',
                    Enumerable
                        .Range(0, reader.FieldCount)
                        .Select(i => reader.IsDBNull(i) ? "NULL" : Text(reader.GetValue(i)))
                )
            );
        }

        return rows;
    }

    private static string Text(object value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            DateTime time => time.ToString(
                time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                CultureInfo.InvariantCulture
            ),
            DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            double number => Number(number.ToString("R", CultureInfo.InvariantCulture)),
            decimal number => Number(number.ToString(CultureInfo.InvariantCulture)),
            BigInteger number => number.ToString(CultureInfo.InvariantCulture),
            IFormattable number => Number(number.ToString(null, CultureInfo.InvariantCulture)),
            _ => value.ToString()!,
        };

    // 10.50 and 10.5 are one number; what has more digits than a decimal stays as it is.
    private static string Number(string text) =>
        text.Length < 29 && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (number == 0 ? "0" : number.ToString("0.#############################", CultureInfo.InvariantCulture))
            : text;
}
