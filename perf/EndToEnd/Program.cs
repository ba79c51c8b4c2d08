using System.Diagnostics;
using System.Runtime.InteropServices;
using TickStore.EndToEnd;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Schedule;
using TickStore.EndToEnd.Workers;

if (args is ["worker", ..])
{
    return WorkerMain.Run(args);
}

if (args is ["--plot-only", var jsonPath])
{
    Results.Redraw(jsonPath);
    return 0;
}

Arguments arguments;
RunPlan plan;
try
{
    if (args.Contains("--help"))
    {
        Console.WriteLine(Arguments.Usage);
        return 0;
    }

    arguments = Arguments.Parse(args);
    plan = RunPlan.Of(arguments);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

using var cleanUp = new CleanUp(arguments);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, cleanUp.OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, cleanUp.OnSignal);
try
{
    Directory.CreateDirectory(arguments.Folder);
    var machine = Machine.Detect(arguments.Folder);
    var report = new Report(machine, arguments.Only) { Profile = plan.Profile.Name };
    var clock = Stopwatch.StartNew();
    new Suite(arguments, plan, report).Run();
    report.Note($"{plan}; {clock.Elapsed.TotalSeconds:F0} s in all");
    report.Print(Console.Out);
    Results.Write(arguments, report);
    return report.MissedFloor ? 3 : 0;
}
catch (Exception e) when (cleanUp.WaitIfInterrupted())
{
    // Never reached: the process ends by the signal.
    throw new InvalidOperationException("An interrupted run went on", e);
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine($"No figures, for the answers differ. {e.Message}");
    return 1;
}
catch (WorkerException e)
{
    Console.Error.WriteLine($"No figures, for an engine failed. {e.Message}");
    return 1;
}
catch (Exception e)
{
    // Of an exception that nobody catches the runtime makes a signal, and does not promise that clean-up follows.
    Console.Error.WriteLine($"The run failed. {e}");
    return 1;
}
