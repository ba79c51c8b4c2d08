using TickStore.Core;
using TickStore.Storage;
using TickStore.Storage.Devices;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming.Crash;

/// <summary>
/// The process that is killed: commits numbered ticks for ever, and reads them as a named reader, which prints a line for each row that it
/// sees, for each position that it acknowledges, and once that is done.
/// </summary>
internal static class ReaderChild
{
    /// <summary>Never returns.</summary>
    /// <param name="folder">The database.</param>
    /// <param name="seed">Chooses how rows are grouped, and which commits wait for the device.</param>
    /// <param name="output">What the parent reads.</param>
    public static int Run(string folder, int seed, TextWriter output)
    {
        using var database = TickDatabase.Open(PosixFileSystem.Shared, folder, CrashViews.Storage);
        if (database.FindTable("ticks") is null)
        {
            TickTable.Create(database);
        }

        using var newest = database.Query("SELECT coalesce(max(qty), -1) FROM ticks");
        var next = int.Parse(newest.ToTextRows().Single()[0]!, System.Globalization.CultureInfo.InvariantCulture) + 1;
        new Thread(() => Write(new TickTable(database) { Next = next }, seed)) { IsBackground = true }.Start();

        using var reader = database.Subscribe("SUBSCRIBE TO ticks WITH (SNAPSHOT = true) DURABLE 'desk7'");
        Say(output, $"from {reader.Sequence}");
        while (reader.Read() is { } block)
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                output.WriteLine($"row {block.SequenceOf(row)} {block.Rows[3].Values<long>()[row]}");
            }

            Say(output, $"acknowledging {block.Sequence}");
            database.Execute($"ACKNOWLEDGE 'desk7' SEQ {block.Sequence}");
            Say(output, $"acknowledged {block.Sequence}");
        }

        return 1;
    }

    // The parent leaves the last line out, for a kill may cut it off: a line of its own ends each that has to be heard.
    private static void Say(TextWriter output, string line)
    {
        output.WriteLine(line);
        output.WriteLine(".");
        output.Flush();
    }

    private static void Write(TickTable ticks, int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            ticks.Commit(1 + random.Next(60), random.Next(4) == 0 ? Durability.Fsync : Durability.Async);
            Thread.Sleep(1);
        }
    }
}
