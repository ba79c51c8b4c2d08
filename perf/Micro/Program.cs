using BenchmarkDotNet.Running;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

// Micro benchmarks. Arguments that are not listed here are BenchmarkDotNet's own, --filter and --list above all.
//   --quick   few iterations in child processes, one for each instruction width: minutes for everything
//   --keep    writes the figures into perf/Results/CPU/micro/
//   --loop S  calls what --filter names for S seconds each in this process, for a profiler to look at
//   --check   measures nothing; runs every benchmark once and says what is missing
if (QuickRun.IsChild(args))
{
    return QuickRun.RunChild(args);
}

if (args.Contains("--check"))
{
    var engine = Path.Combine(KeptResults.FindRepository(), "engine");
    string[] problems = [.. MicroCheck.FindGaps(engine), .. MicroCheck.RunEachOnce()];
    foreach (var problem in problems)
    {
        Console.Error.WriteLine(problem);
    }

    Console.WriteLine($"{MicroTypes.All.Length} classes, {problems.Length} problems");
    return problems.Length == 0 ? 0 : 1;
}

var loop = Array.IndexOf(args, "--loop");
if (loop >= 0)
{
    var filter = Array.IndexOf(args, "--filter");
    if (filter < 0 || filter + 1 >= args.Length || loop + 1 >= args.Length)
    {
        Console.Error.WriteLine("--loop SECONDS needs --filter PATTERN");
        return 2;
    }

    return ProfiledLoop.Run(double.Parse(args[loop + 1]), args[filter + 1]) > 0 ? 0 : 2;
}

var quick = args.Contains("--quick");
List<string> rest = [.. args.Where(a => a is not ("--quick" or "--keep"))];
if (!rest.Contains("--filter") && !rest.Contains("-f") && !rest.Contains("--list"))
{
    rest.AddRange(["--filter", "*"]);
}

List<MicroRow> rows;
if (quick)
{
    rows = QuickRun.Run([.. rest]);
    Console.WriteLine(MicroTable.Write(rows));
}
else
{
    var artifacts = Path.Combine(KeptResults.FindRepository(), "artifacts", "micro");
    var summaries = BenchmarkSwitcher.FromTypes(MicroTypes.All).Run([.. rest], MicroConfig.Thorough(artifacts));
    rows = [.. summaries.SelectMany(s => MicroRow.Of(s, width: null))];
}

if (args.Contains("--keep") && rows.Count > 0)
{
    Console.WriteLine($"Kept in {KeptResults.Write(quick ? "quick" : "thorough", rows)}");
}

return 0;
