using System.Text.Json;

namespace TickStore.EndToEnd.Reporting;

/// <summary>
/// Gathers figures and shows them at the end, once all answers were compared: a table for people, a JSON object a line
/// for programs.
/// </summary>
internal sealed class Report(Machine machine, string? only)
{
    private readonly List<Measurement> measurements = [];
    private readonly List<LeftOut> leftOut = [];
    private readonly SortedDictionary<string, string> versions = new(StringComparer.Ordinal);
    private readonly List<string> notes = [];

    /// <summary>True where a floor was missed.</summary>
    public bool MissedFloor { get; private set; }

    /// <summary>True where figures that begin with the name are wanted, or some of them.</summary>
    public bool Wants(string name) =>
        only is null
        || name.StartsWith(only, StringComparison.Ordinal)
        || only.StartsWith(name, StringComparison.Ordinal);

    /// <summary>Adds a figure that was taken once.</summary>
    public void Add(string metric, string engine, double value, string unit) => Keep(new(metric, engine, value, unit));

    /// <summary>Adds a figure that was taken several times.</summary>
    public void Add(string metric, string engine, Samples samples, string unit) =>
        Keep(
            new(metric, engine, samples.Median, unit)
            {
                Min = samples.Min,
                Max = samples.Max,
                Runs = samples.Runs,
            }
        );

    /// <summary>Says that the engine was stopped at its limit, which counts as the figure and is marked so.</summary>
    public void LongerThan(string metric, string engine, double limit, string unit) =>
        Keep(new(metric, engine, limit, unit) { IsLongerThan = true });

    /// <summary>Says that the engine has no figure for the metric (or for all that begin so), and why.</summary>
    public void LeftOut(string metric, string engine, string reason)
    {
        if (Wants(metric))
        {
            leftOut.Add(new(metric, engine, reason));
        }
    }

    /// <summary>Says that the engine took no part in the run, and why.</summary>
    public void LeftOut(string engine, string reason) => leftOut.Add(new(string.Empty, engine, reason));

    /// <summary>Says which product and version an engine's name stands for: "DuckDB v1.5.6".</summary>
    public void Version(string engine, string version) => versions[engine] = version;

    /// <summary>A line below the table: what was left out, which codecs were used.</summary>
    public void Note(string text) => notes.Add(text);

    /// <summary>What goes on, on stderr.</summary>
    public static void Progress(string text) => Console.Error.WriteLine($"  {text}");

    public void Print(TextWriter output)
    {
        output.WriteLine(machine);
        output.WriteLine();
        output.WriteLine($"{"metric", -46} {"engine", -14} {"value", 16} {"unit", -8} compared");
        foreach (var group in measurements.GroupBy(m => m.Metric))
        {
            var own = group.FirstOrDefault(m => m.Engine == Measurement.TickStore);
            foreach (var m in group.OrderBy(m => m.Engine == Measurement.TickStore ? 0 : 1))
            {
                output.WriteLine(
                    $"{m.Metric, -46} {m.Engine, -14} {(m.IsLongerThan ? "> " : "") + Number(m.Value), 16} {m.Unit, -8} {Compared(m, own)}".TrimEnd()
                );
            }
        }

        output.WriteLine();
        foreach (var (engine, version) in versions)
        {
            output.WriteLine($"{engine}: {version}");
        }

        foreach (var missing in leftOut)
        {
            output.WriteLine($"{missing.Metric} {missing.Engine} left out, because {missing.Reason}".TrimStart());
        }

        foreach (var note in notes)
        {
            output.WriteLine(note);
        }
    }

    public void WriteJson(TextWriter output)
    {
        output.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    metric = "machine",
                    engine = Measurement.TickStore,
                    value = machine.Cores,
                    unit = "cores",
                    ratio_to = (string?)null,
                    ratio = (double?)null,
                    cpu = machine.Cpu,
                    dotnet = machine.Runtime,
                    system = machine.System,
                    disk = machine.Disk,
                    commit = machine.Commit,
                }
            )
        );
        foreach (var group in measurements.GroupBy(m => m.Metric))
        {
            var own = group.FirstOrDefault(m => m.Engine == Measurement.TickStore);
            foreach (var m in group)
            {
                var floor = m == own ? Floors.FloorOf(m.Metric) : null;
                WriteLine(output, m, floor is null ? null : "floor", floor is null ? null : m.RatioTo(floor.Value));
                if (own is not null && m != own)
                {
                    WriteLine(output, own, m.Engine, own.RatioTo(m.Value));
                }
            }
        }
    }

    private void Keep(Measurement measurement)
    {
        if (only is null || measurement.Metric.StartsWith(only, StringComparison.Ordinal))
        {
            measurements.Add(measurement);
        }
    }

    private static void WriteLine(TextWriter output, Measurement m, string? ratioTo, double? ratio) =>
        output.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    metric = m.Metric,
                    engine = m.Engine,
                    value = Math.Round(m.Value, 4),
                    unit = m.Unit,
                    ratio_to = ratioTo,
                    ratio = ratio is null ? (double?)null : Math.Round(ratio.Value, 4),
                }
            )
        );

    private string Compared(Measurement m, Measurement? own)
    {
        if (m != own)
        {
            if (own is null)
            {
                return string.Empty;
            }

            var ratio = own.RatioTo(m.Value);
            var demanded = Floors.RatioOf(m.Metric, m.Engine);
            return $"tickstore {ratio:F2}x"
                + (demanded is null ? string.Empty : $", floor {demanded:F0}x {Mark(ratio >= demanded)}");
        }

        var floor = Floors.FloorOf(m.Metric) is { } f ? $"floor {Number(f)} {Mark(m.RatioTo(f) >= 1)}" : string.Empty;
        var aim = Floors.AimOf(m.Metric) is { } a
            ? $"aim {Number(a)} {(m.RatioTo(a) >= 1 ? "reached" : "not reached")}"
            : string.Empty;
        return string.Join("; ", new[] { floor, aim }.Where(t => t.Length > 0));
    }

    private string Mark(bool isMet)
    {
        MissedFloor |= !isMet;
        return isMet ? "met" : "MISSED";
    }

    private static string Number(double value) =>
        value switch
        {
            >= 1000 => value.ToString("N0"),
            >= 100 => value.ToString("F1"),
            _ => value.ToString("F2"),
        };
}
