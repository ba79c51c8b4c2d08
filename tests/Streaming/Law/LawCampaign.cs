using System.Globalization;

namespace TickStore.Tests.Streaming.Law;

/// <summary>The long form: many groupings, by every path, on one and on two threads, for several markets.</summary>
internal static class LawCampaign
{
    /// <summary>Runs it; 0 where everything agreed.</summary>
    /// <param name="args">
    /// --count N: groupings for each path; --seed S: of the first; --rows R of a market; --view NAME and --path NAME for one only.
    /// </param>
    /// <param name="output">Gets a line for each path, the faults, and the sum.</param>
    public static int Run(string[] args, TextWriter output)
    {
        var options = new Dictionary<string, string>
        {
            ["--count"] = "20",
            ["--seed"] = "1",
            ["--rows"] = "2000",
            ["--view"] = string.Empty,
            ["--path"] = string.Empty,
        };
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options[args[i]] = args[i + 1];
        }

        int Number(string name) => int.Parse(options[name], CultureInfo.InvariantCulture);
        var (count, seed, rowCount) = (Number("--count"), Number("--seed"), Number("--rows"));
        LawView[] views = [.. LawViews.All.Where(v => options["--view"].Length == 0 || v.Name == options["--view"])];
        using var reference = new LawReference(seed, rowCount);
        var (agreed, compared, faults) =
            options["--path"].Length == 0 ? Circuits(reference, views, count, seed, output) : (0, 0, 0);
        foreach (var path in Enum.GetValues<LawPath>())
        {
            if (options["--path"].Length > 0 && options["--path"] != path.ToString())
            {
                continue;
            }

            for (var grouping = 0; grouping < count; grouping++)
            {
                using var run = new LawRun(reference, views, path, seed + grouping, 1 + (grouping % 2));
                var outcome = run.Run(LawTests.Checkpoints(rowCount));
                agreed += outcome.Agreed;
                compared += outcome.Compared;
                faults += outcome.Faults.Count;
                foreach (var fault in outcome.Faults)
                {
                    output.WriteLine(fault);
                }
            }

            output.WriteLine(
                $"{path}: {views.Length} views, {count} groupings; so far {agreed} combinations of view, grouping and path agreed, "
                    + $"{faults} did not; {compared} comparisons"
            );
        }

        return faults == 0 ? 0 : 1;
    }

    // The operators alone: more comparisons for the time, and each says more of what went wrong.
    private static (int Agreed, int Compared, int Faults) Circuits(
        LawReference reference,
        LawView[] views,
        int count,
        int seed,
        TextWriter output
    )
    {
        var (agreed, compared, faults) = (0, 0, 0);
        using var law = new CircuitLaw(reference);
        foreach (var view in views.Where(v => v.CanBeACircuit))
        {
            try
            {
                for (var grouping = 0; grouping < count; grouping++)
                {
                    var rowsMax = LawRun.CommitRows[grouping % LawRun.CommitRows.Length];
                    compared += law.Prove(
                        view,
                        seed + grouping,
                        rowsMax,
                        compareCount: 10,
                        restarts: grouping % 2 == 1
                    );
                    agreed++;
                }
            }
            catch (Exception e) when (e is LawException or TickStore.Core.TickStoreException)
            {
                output.WriteLine($"{view.Name}, market {reference.Seed}, operators alone\n{e.Message}\n");
                faults++;
            }
        }

        output.WriteLine(
            $"Operators: {views.Length} views, {count} groupings; {agreed} combinations agreed, {faults} did not; {compared} comparisons"
        );
        return (agreed, compared, faults);
    }
}
