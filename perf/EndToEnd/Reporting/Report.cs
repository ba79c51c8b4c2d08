namespace TickStore.EndToEnd.Reporting;

/// <summary>Gathers figures during a run; they are shown at the end, once all answers were compared.</summary>
internal sealed class Report(Machine machine, string? only)
{
    /// <summary>What was gathered so far.</summary>
    public Findings Findings { get; } =
        new(machine) { Date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm") };

    /// <summary>The workload's name: small, medium, or another size.</summary>
    public string Profile
    {
        get => Findings.Profile;
        init => Findings.Profile = value;
    }

    /// <summary>True where a floor was missed.</summary>
    public bool MissedFloor => Floors.Check(Findings).Any(f => f.IsFloor && !f.IsMet);

    /// <summary>True where figures that begin with the name are wanted, or some of them.</summary>
    public bool Wants(string name) =>
        only is null
        || name.StartsWith(only, StringComparison.Ordinal)
        || only.StartsWith(name, StringComparison.Ordinal);

    /// <summary>True where this very figure is wanted.</summary>
    public bool WantsFigure(string metric) => only is null || metric.StartsWith(only, StringComparison.Ordinal);

    /// <summary>Adds a figure that was taken once.</summary>
    public void Add(string metric, string engine, double value, string unit) => Keep(new(metric, engine, value, unit));

    /// <summary>Adds a figure that was taken several times, or once after all.</summary>
    public void Add(string metric, string engine, Samples samples, string unit)
    {
        var figure = new Measurement(metric, engine, samples.Median, unit);
        Keep(samples.Runs == 1 ? figure : figure with { Min = samples.Min, Max = samples.Max, Runs = samples.Runs });
    }

    /// <summary>Says that the engine was stopped at its limit, which counts as the figure and is marked so.</summary>
    public void LongerThan(string metric, string engine, double limit, string unit) =>
        Keep(new(metric, engine, limit, unit) { IsLongerThan = true });

    /// <summary>Says that the engine has no figure for the metric (or for all that begin so), and why; the first reason stays.</summary>
    public void LeftOut(string metric, string engine, string reason)
    {
        if (Wants(metric) && Findings.ReasonFor(metric, engine) is null)
        {
            Findings.LeftOut.Add(new(metric, engine, reason));
        }
    }

    /// <summary>Says that the engine took no part in the run, and why.</summary>
    public void LeftOut(string engine, string reason)
    {
        if (Findings.ReasonFor(string.Empty, engine) is null)
        {
            Findings.LeftOut.Add(new(string.Empty, engine, reason));
        }
    }

    /// <summary>Says which product and version an engine's name stands for: "DuckDB v1.5.6".</summary>
    public void Version(string engine, string version) => Findings.Versions[engine] = version;

    /// <summary>A line below the table: which codecs were used, how long the run took.</summary>
    public void Note(string text) => Findings.Notes.Add(text);

    /// <summary>What goes on, on stderr.</summary>
    public static void Progress(string text) => Console.Error.WriteLine($"  {text}");

    /// <summary>The tables, as text.</summary>
    public void Print(TextWriter output) => Tables.ResultTables.Write(Findings, output);

    private void Keep(Measurement measurement)
    {
        if (WantsFigure(measurement.Metric))
        {
            Findings.Add(measurement);
        }
    }
}
