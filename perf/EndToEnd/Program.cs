using System.Diagnostics;
using TickStore.EndToEnd;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Suites;

if (args is ["--plot-only", var jsonPath])
{
    Results.Redraw(jsonPath);
    return 0;
}

Arguments arguments;
try
{
    if (args.Contains("--help"))
    {
        Console.WriteLine(Arguments.Usage);
        return 0;
    }

    arguments = Arguments.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

Directory.CreateDirectory(arguments.Folder);
try
{
    Timing.ByCpuTime = arguments.ByCpuTime;
    var machine = Machine.Detect(arguments.Folder);
    var report = new Report(machine, arguments.Only) { Profile = arguments.Profile };
    var clock = Stopwatch.StartNew();
    new Suite(arguments, report).Run();
    report.Note(
        $"{arguments.TradeCount:N0} trades, {arguments.SnapshotCount:N0} snapshots; {clock.Elapsed.TotalSeconds:F0} s in all"
    );
    report.Print(Console.Out);
    Results.Write(arguments, report);
    return report.MissedFloor ? 3 : 0;
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine($"No figures, for the answers differ. {e.Message}");
    return 1;
}
finally
{
    if (!arguments.Keep)
    {
        Directory.Delete(arguments.Folder, recursive: true);
    }
}
