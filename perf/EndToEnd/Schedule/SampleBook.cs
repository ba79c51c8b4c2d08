using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Schedule;

/// <summary>Gathers the values of figures that are taken in turns, until all of them are there.</summary>
internal sealed class SampleBook
{
    private readonly Dictionary<(string Metric, string Engine), (string Unit, List<double> Values)> samples = [];

    public void Add(string metric, string engine, string unit, double value)
    {
        if (!samples.TryGetValue((metric, engine), out var found))
        {
            samples.Add((metric, engine), found = (unit, []));
        }

        found.Values.Add(value);
    }

    /// <summary>Reports every figure and forgets it.</summary>
    public void MoveTo(Report report)
    {
        foreach (var ((metric, engine), (unit, values)) in samples)
        {
            if (values.Count == 1)
            {
                report.Add(metric, engine, values[0], unit);
            }
            else
            {
                report.Add(metric, engine, Samples.Of([.. values]), unit);
            }
        }

        samples.Clear();
    }
}
