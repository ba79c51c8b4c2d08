namespace TickStore.Cli;

/// <summary>First stages of the demo: import, and what the rows take.</summary>
internal static class DemoStore
{
    private static readonly (string Table, string File, string What)[] Imports =
    [
        ("eurusd", "lean/forex/oanda/tick/eurusd/20140505_quote.zip", "EURUSD quotes of a day at OANDA"),
        ("eurusd_vendor", "lean/forex/oanda/minute/eurusd/20140505_quote.zip", "The vendor's minute bars of that day"),
        (
            "s600519",
            "china-l2/600519_20230201/20230201.zip",
            "Kweichow Moutai: every order and trade, ten-level snapshots"
        ),
        ("if2101", "cffex-if/CFFEX.IF.HOT_tick_20210105.dsb", "CSI 300 index future, a record each 500 ms"),
    ];

    /// <summary>Tables that the demo makes.</summary>
    public static IReadOnlyList<string> Tables =>
        ["eurusd", "eurusd_vendor", "s600519_orders", "s600519_trades", "s600519_snapshots", "if2101"];

    /// <summary>Imports the samples.</summary>
    public static void Import(DemoStage stage)
    {
        stage.Begin("Import real ticks");
        foreach (var (table, file, what) in Imports)
        {
            stage.Say($"{what} (samples/{file})");
            var options = new ImportOptions { Files = [SampleFiles.Find(file)], Table = table };
            var report = ImportCommand.Import(stage.Database, options, stage.CancellationToken);
            foreach (var (name, rowCount) in report.Tables)
            {
                stage.Say($"  {name, -20} {rowCount, 8:N0} rows");
            }

            stage.Say($"  durable and compressed after {report.Seconds:N2} s");
        }
    }

    /// <summary>Shows rows, bytes and codecs.</summary>
    public static void ShowBytes(DemoStage stage)
    {
        stage.Begin("What is stored");
        var tables = stage.Database.Statistics();
        TextTable.WritePlain(
            stage.Output,
            ["table", "rows", "plain bytes", "stored bytes", "ratio", "bytes/row"],
            [false, true, true, true, true, true],
            [
                .. tables.Select(t =>
                {
                    var columns = t.Table.Schema.AllColumns;
                    var plainBytes = t.RowCount * columns.Sum(c => (long)c.Type.ElementBytes * c.Type.LevelCount);
                    return new[]
                    {
                        t.Table.Name,
                        $"{t.RowCount:N0}",
                        $"{plainBytes:N0}",
                        $"{t.SegmentBytes:N0}",
                        $"{(double)plainBytes / Math.Max(t.SegmentBytes, 1):N1}x",
                        $"{(double)t.SegmentBytes / Math.Max(t.RowCount, 1):N1}",
                    };
                }),
            ]
        );
        stage.Say("Plain bytes are those of fixed-width columns: 8 for a time or a price, 4 for a symbol's number.");
        stage.Say(string.Empty);
        InfoCommand.Write(stage.Output, tables.First(t => t.Table.Name == "s600519_trades"));
    }
}
