using System.Text;
using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Tests.Budgets;

/// <summary>A database in a folder of its own, with a table of trades whose rows follow from their number.</summary>
internal sealed class Ticks : IDisposable
{
    public const string Table = "trades";

    private const int SymbolCount = 50;

    private readonly string folder = Directory.CreateTempSubdirectory("tickstore-budgets-").FullName;
    private readonly int[] symbols = new int[SymbolCount];
    private readonly string[] names = new string[SymbolCount];
    private long nextRow;

    public Ticks(int threadCount = 1)
    {
        Database = TickDatabase.Open(folder, new TickDatabaseOptions { ThreadCount = threadCount });
        Database.CreateTable(
            new TableSchema(
                Table,
                [
                    new("ts", DataType.Timestamp, Nullable: false),
                    new("sym", DataType.Symbol, Nullable: false),
                    new("px", DataType.Decimal(18, 2), Nullable: false),
                    new("qty", DataType.Int, Nullable: false),
                    new("side", DataType.Boolean, Nullable: false),
                ]
            )
            {
                EventTimeColumn = 0,
                ClusterColumn = 1,
            }
        );
        for (var i = 0; i < SymbolCount; i++)
        {
            names[i] = $"{600_000 + i}";
            symbols[i] = Database.Symbols.Intern(Encoding.UTF8.GetBytes(names[i]));
        }
    }

    public TickDatabase Database { get; }

    /// <summary>Where its files are.</summary>
    public string Folder => folder;

    public TableAppender Appender(Durability durability, int commitRows) =>
        Database.CreateAppender(Table, new AppenderOptions { Durability = durability, CommitRows = commitRows });

    /// <summary>Fills the appender's pending batch with the next rows, column by column.</summary>
    public void Fill(TableAppender appender, int rowCount)
    {
        var batch = appender.Pending;
        var ts = batch[0].Writable<long>();
        var sym = batch[1].Writable<int>();
        var px = batch[2].Writable<long>();
        var qty = batch[3].Writable<int>();
        var side = batch[4].Writable<byte>();
        for (var i = 0; i < rowCount; i++)
        {
            var row = nextRow++;
            ts[i] = TimeOf(row);
            sym[i] = symbols[SymbolOf(row)];
            px[i] = PriceOf(row);
            qty[i] = SizeOf(row);
            side[i] = (byte)(row & 1);
        }

        for (var i = 0; i < batch.ColumnCount; i++)
        {
            batch[i].SetRowCount(rowCount);
        }

        batch.SetRowCount(rowCount);
    }

    /// <summary>The next row as a program's own type.</summary>
    public Trade NextTrade()
    {
        var row = nextRow++;
        return new(
            new(TimeOf(row)),
            names[SymbolOf(row)],
            new decimal((int)PriceOf(row), 0, 0, false, 2),
            SizeOf(row),
            (row & 1) != 0
        );
    }

    /// <summary>Writes rows that stay in the head.</summary>
    public void Write(int rowCount)
    {
        const int commitRows = 10_000;
        using var appender = Appender(Durability.Async, commitRows);
        for (var done = 0; done < rowCount; done += commitRows)
        {
            Fill(appender, Math.Min(commitRows, rowCount - done));
            appender.Commit();
        }
    }

    public void Dispose()
    {
        Database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static long TimeOf(long row) => 1_675_215_000_000_000_000 + (row * 1_000_000);

    private static int SymbolOf(long row) => (int)((ulong)row * 0x9E3779B97F4A7C15 >> 40) % SymbolCount;

    private static long PriceOf(long row) => 10_000 + (row * 7919 % 101);

    private static int SizeOf(long row) => (int)(100 * (1 + (row * 31 % 17)));
}

/// <summary>A trade as a program with its own row type has it.</summary>
internal readonly record struct Trade(TickTime Ts, string Sym, decimal Px, int Qty, bool Side);
