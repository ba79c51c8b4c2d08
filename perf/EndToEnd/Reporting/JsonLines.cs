using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TickStore.EndToEnd.Reporting;

/// <summary>
/// Findings as JSON, an object a line: first the machine, then figures with TickStore's ratio to each peer (above 1 means that
/// TickStore is better), geometric means, what was left out, notes. Reading takes figures and leaves what follows from them.
/// </summary>
internal static class JsonLines
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(Findings findings, TextWriter output)
    {
        output.WriteLine(MachineLine(findings).ToJsonString(Plain));
        foreach (var group in findings.Measurements.GroupBy(m => m.Metric))
        {
            var own = group.FirstOrDefault(m => m.Engine == EngineNames.TickStore);
            foreach (var m in group)
            {
                var floor = m == own ? Floors.FloorOf(m.Metric) : null;
                output.WriteLine(
                    Line(m, floor is null ? null : "floor", floor is null ? null : m.RatioTo(floor.Value))
                        .ToJsonString(Plain)
                );
            }

            foreach (var peer in group)
            {
                if (own is not null && peer != own)
                {
                    output.WriteLine(Line(own, peer.Engine, own.RatioTo(peer.Value)).ToJsonString(Plain));
                }
            }
        }

        foreach (var group in (MetricGroup[])[MetricGroup.Queries, MetricGroup.ColdQueries])
        {
            foreach (var mean in GeometricMean.Of(findings, group))
            {
                output.WriteLine(Line(group, mean).ToJsonString(Plain));
            }
        }

        foreach (var missing in findings.LeftOut)
        {
            output.WriteLine(Text(missing.Metric, missing.Engine, "left_out", missing.Reason).ToJsonString(Plain));
        }

        foreach (var note in findings.Notes)
        {
            output.WriteLine(Text("note", EngineNames.TickStore, "text", note).ToJsonString(Plain));
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">A line is no JSON of that kind; the message names it.</exception>
    public static Findings Read(TextReader input)
    {
        Findings? findings = null;
        for (var lineNumber = 1; input.ReadLine() is { } text; lineNumber++)
        {
            try
            {
                var line = JsonNode.Parse(text)!.AsObject();
                if (findings is null)
                {
                    findings = ReadMachine(line);
                }
                else
                {
                    ReadLine(findings, line);
                }
            }
            catch (Exception e)
                when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException)
            {
                throw new InvalidDataException($"Line {lineNumber} is no line of results: {text}", e);
            }
        }

        return findings ?? throw new InvalidDataException("There is no line; the first one says what the machine was.");
    }

    private static JsonObject MachineLine(Findings findings)
    {
        var machine = findings.Machine;
        var line = Head("machine", EngineNames.TickStore, machine.Cores, "cores", null, null);
        line["cpu"] = machine.Cpu;
        line["dotnet"] = machine.Runtime;
        line["system"] = machine.System;
        line["disk"] = machine.Disk;
        line["commit"] = machine.Commit;
        line["profile"] = findings.Profile;
        line["date"] = findings.Date;
        line["versions"] = new JsonObject(
            findings.Versions.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)JsonValue.Create(v.Value)))
        );
        return line;
    }

    private static Findings ReadMachine(JsonObject line)
    {
        string Of(string name) => line[name]?.GetValue<string>() ?? "unknown";
        var machine = new Machine(
            Of("cpu"),
            (int)line["value"]!.GetValue<double>(),
            Of("dotnet"),
            Of("system"),
            Of("disk"),
            Of("commit")
        );
        var findings = new Findings(machine) { Profile = Of("profile"), Date = Of("date") };
        foreach (var (engine, version) in line["versions"]?.AsObject() ?? [])
        {
            findings.Versions[engine] = version!.GetValue<string>();
        }

        return findings;
    }

    private static void ReadLine(Findings findings, JsonObject line)
    {
        var metric = line["metric"]!.GetValue<string>();
        var engine = line["engine"]!.GetValue<string>();
        if (line["left_out"] is { } reason)
        {
            findings.LeftOut.Add(new(metric, engine, reason.GetValue<string>()));
        }
        else if (line["text"] is { } text)
        {
            findings.Notes.Add(text.GetValue<string>());
        }
        else if (!metric.StartsWith("geomean.", StringComparison.Ordinal) && findings.Find(metric, engine) is null)
        {
            findings.Add(
                new(metric, engine, line["value"]!.GetValue<double>(), line["unit"]!.GetValue<string>())
                {
                    Min = line["min"]?.GetValue<double>(),
                    Max = line["max"]?.GetValue<double>(),
                    Runs = line["runs"]?.GetValue<int>(),
                    IsLongerThan = line["longer_than"]?.GetValue<bool>() ?? false,
                }
            );
        }
    }

    private static JsonObject Line(Measurement m, string? ratioTo, double? ratio)
    {
        var line = Head(m.Metric, m.Engine, m.Value, m.Unit, ratioTo, ratio);
        if (m.Runs is { } runs)
        {
            line["min"] = Rounded(m.Min);
            line["max"] = Rounded(m.Max);
            line["runs"] = runs;
        }

        if (m.IsLongerThan)
        {
            line["longer_than"] = true;
        }

        return line;
    }

    private static JsonObject Line(MetricGroup group, GeometricMean mean)
    {
        var metric = "geomean." + group.Prefix.TrimEnd('.');
        var line = Head(metric, EngineNames.TickStore, mean.Ratio, "x", mean.Against, mean.Ratio);
        line["count"] = mean.Count;
        line["worst"] = mean.Worst;
        line["worst_ratio"] = Rounded(mean.WorstRatio);
        if (mean.LimitCount > 0)
        {
            line["limit_count"] = mean.LimitCount;
        }

        return line;
    }

    private static JsonObject Text(string metric, string engine, string name, string text)
    {
        var line = Head(metric, engine, null, null, null, null);
        line[name] = text;
        return line;
    }

    private static JsonObject Head(
        string metric,
        string engine,
        double? value,
        string? unit,
        string? ratioTo,
        double? ratio
    ) =>
        new()
        {
            ["metric"] = metric,
            ["engine"] = engine,
            ["value"] = Rounded(value),
            ["unit"] = unit,
            ["ratio_to"] = ratioTo,
            ["ratio"] = Rounded(ratio),
        };

    // JSON has no infinity: a ratio to nothing is none.
    private static double? Rounded(double? value) =>
        value is { } number && double.IsFinite(number) ? Math.Round(number, 6) : null;
}
