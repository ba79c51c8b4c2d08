using System.Text;
using System.Text.Json;
using TickStore.Streaming;

namespace TickStore.Cli;

/// <summary>What a replay did, as the one JSON line that programs read.</summary>
internal static class ReplaySummary
{
    /// <summary><c>{"rows","seconds","lag_p50_us","lag_p999_us","run_hash"}</c>.</summary>
    public static string ToJson(ReplayReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("rows", report.Rows);
            json.WriteNumber("seconds", Math.Round(report.Seconds, 6));
            json.WriteNumber("lag_p50_us", Math.Round(report.LagMicrosP50, 3));
            json.WriteNumber("lag_p999_us", Math.Round(report.LagMicrosP999, 3));
            json.WriteString("run_hash", report.RunHash);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
