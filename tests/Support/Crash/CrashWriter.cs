using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Tests.Support.Crash;

/// <summary>
/// Commits batches of random sizes to two tables at once, for ever, and prints <c>ack BATCH ROWS</c> after each commit that
/// returned. Every row says which batch it belongs to and how many rows that batch has, so that a reader can tell a
/// batch that is missing, partial or there twice. Small seals keep segments, checkpoints and compaction busy.
/// </summary>
public static class CrashWriter
{
    public const string TradeTable = "trades";
    public const string AuditTable = "audit";

    public static int Run(string folder, ulong seed, TextWriter acknowledgements)
    {
        using var storage = StorageEngine.Open(folder, Options);
        var trades = storage.FindTable(TradeTable) ?? storage.CreateTable(Schema(TradeTable));
        var audit = storage.FindTable(AuditTable) ?? storage.CreateTable(Schema(AuditTable));
        using var source = storage.OpenSource("crash writer");
        using var tradeRows = Batch.Allocate(trades.Schema.ToBatchSchema(), RowsMax, storage.Pool);
        using var auditRows = Batch.Allocate(audit.Schema.ToBatchSchema(), RowsMax, storage.Pool);
        var random = new Random((int)seed);
        var batch = (long)(seed << 32);
        acknowledgements.WriteLine("ready");
        acknowledgements.Flush();
        while (true)
        {
            var rowCount = 1 + random.Next(random.Next(10) == 0 ? RowsMax : 50);
            Fill(tradeRows, batch, rowCount, random, storage.Symbols);
            Fill(auditRows, batch, rowCount, random, storage.Symbols);
            storage.Commit(
                [new TableBatch(trades, tradeRows), new TableBatch(audit, auditRows)],
                source,
                Durability.Fsync
            );
            acknowledgements.WriteLine($"ack {batch} {rowCount}");
            acknowledgements.Flush();
            batch++;
        }
    }

    public static StorageOptions Options =>
        new()
        {
            SealBytes = 1 << 20,
            LogSegmentBytes = 4 << 20,
            LogBytesMax = 8 << 20,
        };

    private const int RowsMax = 4000;

    private static TableSchema Schema(string name) =>
        new(
            name,
            [
                new("ts", DataType.Timestamp, Nullable: false),
                new("sym", DataType.Symbol, Nullable: false),
                new("batch", DataType.BigInt, Nullable: false),
                new("row", DataType.Int, Nullable: false),
                new("batch_rows", DataType.Int, Nullable: false),
                new("note", DataType.Varchar),
            ]
        )
        {
            EventTimeColumn = 0,
            ClusterColumn = 1,
            LatenessNanos = 1_000_000_000,
        };

    private static void Fill(Batch rows, long batch, int rowCount, Random random, ISymbolTable symbols)
    {
        rows.Clear();
        var times = rows[0].Writable<long>();
        var names = rows[1].Writable<int>();
        var batches = rows[2].Writable<long>();
        var numbers = rows[3].Writable<int>();
        var counts = rows[4].Writable<int>();
        for (var i = 0; i < rowCount; i++)
        {
            // Batches advance through two days, with rows that come late now and then.
            times[i] =
                1_675_215_000_000_000_000
                + ((batch & 0xFFFFFFFF) * 20_000_000_000)
                + random.Next(1_000_000_000)
                - (random.Next(100) == 0 ? 60_000_000_000 : 0);
            names[i] = symbols.Intern([(byte)'S', (byte)('0' + random.Next(10)), (byte)('0' + random.Next(10))]);
            batches[i] = batch;
            numbers[i] = i;
            counts[i] = rowCount;
            rows[5].AppendUtf8("a note of some length"u8[..random.Next(21)]);
        }

        for (var column = 0; column < 5; column++)
        {
            rows[column].SetRowCount(rowCount);
        }

        rows.SetRowCount(rowCount);
    }
}
