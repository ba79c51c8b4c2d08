using System.CommandLine;
using System.Globalization;
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary><c>tickstore replay</c>: tables played back in exact order.</summary>
internal sealed class ReplayCommand : Verb
{
    private readonly Option<string> tables = new("--tables")
    {
        Description = "Tables to merge, with commas between them",
        HelpName = "A,B",
        Required = true,
    };

    private readonly Option<string?> from = new("--from") { Description = "First time to play", HelpName = "TS" };

    private readonly Option<string?> to = new("--to")
    {
        Description = "End of the time to play, not included",
        HelpName = "TS",
    };

    private readonly Option<string> speed = new("--speed")
    {
        Description = "Multiple of the recorded pace, max, or step (Enter or a number plays the next rows)",
        HelpName = "N|max|step",
        DefaultValueFactory = _ => "max",
    };

    private readonly Option<string> order = new("--order")
    {
        Description = "The clock that orders rows: event, receive or ingest",
        HelpName = "CLOCK",
        DefaultValueFactory = _ => "event",
    };

    private readonly Option<string> format = new("--format")
    {
        Description = "Rows on standard output: none, csv, json or arrow",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<string?> calendar = new("--calendar")
    {
        Description = "Play only rows inside the sessions of this trading calendar, such as XSHG",
        HelpName = "NAME",
    };

    /// <inheritdoc/>
    public override string Name => "replay";

    /// <inheritdoc/>
    public override string Description => "Play tables back in exact order";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        [
            "tickstore replay --db market --tables s600519_orders,s600519_trades,s600519_snapshots",
            "tickstore replay --db market --tables s600519_trades --calendar XSHG",
            "tickstore replay --db market --tables s600519_trades --from 2023-02-01T10:00+08:00 --speed 10 --format csv",
        ];

    /// <inheritdoc/>
    public override string Notes =>
        """
            Rows come in the total order (time, _seq). csv has one header line: table, _seq, then each column name of the tables
            once, empty where a table has none; a column of the same name and another type is named table.column. json is an
            object a row, one a line: table, _seq and the columns of that table. arrow is one IPC stream with the columns of csv.
            The last line on standard error is JSON: rows, seconds, lag_p50_us, lag_p999_us (lateness of rows against their
            schedule) and run_hash (docs/format/run-hash.md). With --speed step the replay ends with its input or at q.
            """;

    /// <inheritdoc/>
    protected override void Declare(Command command)
    {
        order.AcceptOnlyFromAmong("event", "receive", "ingest");
        format.AcceptOnlyFromAmong("none", "csv", "json", "arrow");
        command.Options.Add(tables);
        command.Options.Add(from);
        command.Options.Add(to);
        command.Options.Add(speed);
        command.Options.Add(order);
        command.Options.Add(format);
        command.Options.Add(calendar);
    }

    /// <inheritdoc/>
    protected override int Run(CommandContext context)
    {
        const StringSplitOptions Trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var names = context.Value(tables)!.Split(',', Trimmed);
        var replaySpeed = ParseSpeed(context.Value(speed)!);
        var replayOrder = ParseOrder(context.Value(order)!);
        var (start, end) = (context.Time(from), context.Time(to));
        if (context.Value(format) == "arrow" && Terminal.ShowsOutput)
        {
            throw new UsageException("arrow is binary: redirect the output");
        }

        using var database = context.OpenExisting();
        using var replay = database.Replay(names, start, end, replaySpeed, replayOrder, context.Value(calendar));
        using var stream = StandardOutput.Open();
        using var output = OpenOutput(context.Value(format)!, database, names, stream);
        if (replaySpeed.IsStep)
        {
            StepReader.Start(replay.Session, Console.In);
        }

        var progress = new ReplayProgress();
        var report = replay.Run(
            block =>
            {
                output?.Write(block);
                if (!replaySpeed.IsMax)
                {
                    output?.Flush();
                }

                progress.Add(block);
            },
            context.CancellationToken
        );
        output?.Finish();
        progress.Clear();
        Console.Error.WriteLine(ReplaySummary.ToJson(report));
        return 0;
    }

    private static IReplayOutput? OpenOutput(string format, TickDatabase database, string[] names, Stream stream)
    {
        TableSchema[] schemas = [.. names.Select(n => database.FindTable(n)!)];
        return format switch
        {
            "csv" => new ReplayCsv(schemas, database.Symbols, stream),
            "json" => new ReplayJson(schemas, database.Symbols, stream),
            "arrow" => new ReplayArrow(schemas, database.Symbols, database.Pool, stream),
            _ => null,
        };
    }

    private static ReplaySpeed ParseSpeed(string text)
    {
        if (text is "max")
        {
            return ReplaySpeed.Max;
        }

        if (text is "step")
        {
            return ReplaySpeed.Step;
        }

        if (!double.TryParse(text.TrimEnd('x'), NumberStyles.Float, CultureInfo.InvariantCulture, out var multiple))
        {
            throw new UsageException($"--speed {text} is not possible: a number such as 10, max or step");
        }

        try
        {
            return ReplaySpeed.Times(multiple);
        }
        catch (TickStoreException error)
        {
            throw new UsageException($"--speed: {error.Message}");
        }
    }

    private static ReplayOrder ParseOrder(string text) =>
        text switch
        {
            "event" => ReplayOrder.Event,
            "ingest" => ReplayOrder.Ingest,
            _ => throw new TickStoreException(
                ErrorCode.NotSupported,
                "--order receive is not supported in this version; there are event and ingest"
            ),
        };
}
