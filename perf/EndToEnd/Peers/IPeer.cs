using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Peers;

/// <summary>Another engine that gets the same rows.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>Its name in the results.</summary>
    string Name { get; }

    /// <summary>Makes a table and writes all rows, with a durable commit every <paramref name="commitRows"/>.</summary>
    /// <returns>Seconds that it took; each commit's time is added to <paramref name="latencies"/>.</returns>
    double Load(Workload workload, int commitRows, Latencies latencies);

    /// <summary>The checksum of what it holds, computed by itself in SQL.</summary>
    RowChecksum Checksum(Workload workload);

    /// <summary>Bytes on disk, in one or more layouts: what is added to the metric's name, the engine's name, bytes.</summary>
    IEnumerable<(string Variant, string Engine, long Bytes)> Sizes(Workload workload);
}
