using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Micro.Data;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;
using TickStore.Streaming;

namespace TickStore.Micro.Streaming;

/// <summary>
/// A replay of 65,536 rows at full speed to a callback that does nothing, with and without the run hash, beside SHA-256
/// over as many bytes. Per row.
/// </summary>
[NativeWidth, BytesPerValue(CanonicalBytes)]
[Measures("TickStore.Streaming.ReplaySession", "TickStore.Streaming.RunHash")]
public class ReplayBenchmarks
{
    private const int Rows = MarketTable.TableRows;

    // The table's name and the symbol with their lengths, and 8 + 8 + 4 + 8 bytes of values.
    private const int CanonicalBytes = 4 + 6 + 4 + 6 + 28;

    private readonly byte[] canonical = new byte[Rows * CanonicalBytes];
    private readonly byte[] digest = new byte[SHA256.HashSizeInBytes];

    /// <summary>The bound of the run hash.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public int Sha256() => SHA256.HashData(canonical, digest);

    /// <summary>Merging, pacing and calling.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public long Replay() => Play(computeRunHash: false);

    /// <summary>The same, and every row hashed.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public long ReplayWithRunHash() => Play(computeRunHash: true);

    private static long Play(bool computeRunHash)
    {
        var session = new ReplaySession(
            new ReplayOptions
            {
                Tables = [MarketTable.Arrival],
                Pool = MarketTable.Pool,
                ComputeRunHash = computeRunHash,
            }
        );
        return session.Run(static _ => { }).Rows;
    }
}
