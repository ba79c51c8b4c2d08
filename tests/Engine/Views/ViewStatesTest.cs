// Proves that views go on after the database is opened again, from the state that was written or, where that is missing
// or damaged, from the rows: their contents equal their definition over the tables each time. Whether a state was used
// is seen by the file and by the check.
using TickStore.Core;
using TickStore.Sql;
using TickStore.Storage;

namespace TickStore.Tests.Engine.Views;

public sealed class ViewStatesTest : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("views").FullName;

    [Theory]
    [InlineData(Damage.None)]
    [InlineData(Damage.Missing)]
    [InlineData(Damage.FlippedBit)]
    [InlineData(Damage.CutOff)]
    public void Views_go_on_after_reopening(Damage damage)
    {
        using (var database = Open())
        {
            database.Execute(
                "CREATE TABLE t (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, px DOUBLE, qty BIGINT) EVENT TIME ts CLUSTER BY (sym)"
            );
            Insert(database, 0);
            database.Execute(
                "CREATE MATERIALIZED VIEW bars AS SELECT sym, ohlcv(px, qty) AS b, stddev(px) AS sd, count(DISTINCT qty) AS n FROM t SAMPLE BY 1m GROUP BY sym"
            );
            database.Execute("CREATE MATERIALIZED VIEW total AS SELECT sum(n) AS n, count(*) AS bars FROM bars");
            Insert(database, 1);
        }

        var states = Directory.GetFiles(Path.Combine(folder, StateFolder.FolderName));
        Assert.Equal(2, states.Length);
        Spoil(states[0], damage);
        using (var database = Open())
        {
            Assert.Equal(damage is Damage.None or Damage.Missing, database.Check().IsClean);
            Insert(database, 2);
            database.WaitForView("bars");
            database.WaitForView("total");
            Insert(database, 3);
            foreach (var view in new[] { "bars", "total" })
            {
                Assert.Equal(Read(database, view, usesContents: false), Read(database, view, usesContents: true));
            }

            database.Execute("DROP MATERIALIZED VIEW total");
            database.Execute("DROP MATERIALIZED VIEW bars");
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(folder, StateFolder.FolderName)));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private TickDatabase Open() => TickDatabase.Open(folder, new TickDatabaseOptions { Durability = Durability.Async });

    private static void Spoil(string path, Damage damage)
    {
        var bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case Damage.Missing:
                File.Delete(path);
                break;
            case Damage.FlippedBit:
                bytes[bytes.Length / 2] ^= 4;
                File.WriteAllBytes(path, bytes);
                break;
            case Damage.CutOff:
                File.WriteAllBytes(path, bytes[..^9]);
                break;
            default:
                break;
        }
    }

    private static void Insert(TickDatabase database, int round)
    {
        var random = new Random(round);
        for (var commit = 0; commit < 4; commit++)
        {
            var rows = string.Join(
                ", ",
                Enumerable
                    .Range(0, 50)
                    .Select(_ =>
                        $"('2026-01-05 09:{30 + random.Next(20)}:{random.Next(60):00}', 'S{random.Next(5)}', {random.Next(1000) * 0.1:R}, {random.Next(9)})"
                    )
            );
            database.Execute($"INSERT INTO t VALUES {rows}");
        }
    }

    private static List<string> Read(TickDatabase database, string view, bool usesContents)
    {
        using var snapshot = database.OpenSnapshot(views: [view]);
        var rows = snapshot.FindView(view, usesContents)!;
        var lines = new List<string>();
        using var result = database.Run(rows.Plan);
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                var values = Enumerable
                    .Range(0, batch.ColumnCount)
                    .Select(c => VectorTextWriter.ToText(batch[c], row, database.Symbols));
                lines.Add(string.Join("|", values));
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public enum Damage
    {
        None,
        Missing,
        FlippedBit,
        CutOff,
    }
}
