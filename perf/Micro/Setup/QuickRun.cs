using System.Diagnostics;
using BenchmarkDotNet.Running;
using TickStore.Micro.Reporting;

namespace TickStore.Micro.Setup;

/// <summary>
/// A quick run: one child process for each instruction width, which measures in process, one after the other. No project
/// is generated or built, so hundreds of figures take minutes.
/// </summary>
internal static class QuickRun
{
    private const string ChildOption = "--quick-child";

    /// <summary>Whether these are the arguments of a child.</summary>
    public static bool IsChild(string[] arguments) => arguments.Length >= 3 && arguments[0] == ChildOption;

    /// <summary>Starts the children in turn and gathers their figures.</summary>
    public static List<MicroRow> Run(string[] arguments)
    {
        var rows = new List<MicroRow>();
        foreach (var width in InstructionWidth.All)
        {
            var file = Path.GetTempFileName();
            try
            {
                var start = new ProcessStartInfo(Environment.ProcessPath!)
                {
                    ArgumentList = { ChildOption, width.Name, file },
                    // Tier 1 begins to count calls at once, and not after 100 ms of quiet: warm-ups here are short.
                    Environment = { ["DOTNET_TC_CallCountingDelayMs"] = "0" },
                };
                foreach (var argument in arguments)
                {
                    start.ArgumentList.Add(argument);
                }

                foreach (var (name, value) in width.Switches)
                {
                    start.Environment[name] = value;
                }

                using var child = Process.Start(start)!;
                child.WaitForExit();
                if (child.ExitCode != 0)
                {
                    throw new InvalidOperationException($"The benchmarks of {width.Name} ended with {child.ExitCode}");
                }

                rows.AddRange(File.ReadLines(file).Select(MicroRow.FromJson));
            }
            finally
            {
                File.Delete(file);
            }
        }

        return rows;
    }

    /// <summary>What a child does: all benchmarks natively, only those of vectorised code at other widths.</summary>
    /// <returns>The exit code: 1 where a benchmark failed.</returns>
    public static int RunChild(string[] arguments)
    {
        var (width, file) = (arguments[1], arguments[2]);
        RunMode.IsQuick = true;
        var artifacts = Directory.CreateTempSubdirectory("tickstore-micro-");
        try
        {
            var types = MicroTypes
                .All.Where(t => width == InstructionWidth.Native.Name || MicroTypes.IsPerWidth(t))
                .ToArray();
            var summaries = BenchmarkSwitcher
                .FromTypes(types)
                .Run(arguments[3..], MicroConfig.Quick(artifacts.FullName, width))
                .ToList();
            File.WriteAllLines(file, summaries.SelectMany(s => MicroRow.Of(s, width)).Select(r => r.ToJson()));
            var failed = summaries.SelectMany(s => s.Reports).Count(r => !r.Success);
            foreach (var error in summaries.SelectMany(s => s.ValidationErrors).Where(e => e.IsCritical))
            {
                Console.Error.WriteLine(error.Message);
                failed++;
            }

            return failed == 0 ? 0 : 1;
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }
}
