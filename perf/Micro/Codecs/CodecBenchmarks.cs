using BenchmarkDotNet.Attributes;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Codecs;

/// <summary>
/// Every codec of the ledger on the two columns that suit it best, 16 vectors of 1,024 values a call, beside a memcpy
/// of the decoded bytes. All figures are per value; those of Fetch are per value fetched.
/// </summary>
[PerWidth]
[Measures("TickStore.Codecs.CodecLedger")]
public class CodecBenchmarks
{
    /// <summary>Codec and column.</summary>
    [ParamsSource(nameof(Cases))]
    public CodecCase Case { get; set; } = null!;

    /// <summary>What the parameter runs through.</summary>
    public static IEnumerable<CodecCase> Cases => CodecCase.All();

    /// <summary>Proves that the codec gives its values back before it is measured.</summary>
    [GlobalSetup]
    public void Verify() => Case.Verify();

    /// <summary>The bound: the decoded bytes copied.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = CodecCase.ValueCount)]
    public void Memcpy() => Case.CopyAll();

    /// <summary>Plan and write, with this codec forced.</summary>
    [Benchmark(OperationsPerInvoke = CodecCase.ValueCount)]
    public int Encode() => Case.EncodeAll();

    /// <summary>Check and decode.</summary>
    [Benchmark(OperationsPerInvoke = CodecCase.ValueCount)]
    public void Decode() => Case.DecodeAll();

    /// <summary>One value out of each vector: in place where the codec can, else by decoding the vector.</summary>
    [Benchmark(OperationsPerInvoke = CodecCase.VectorCount)]
    public long Fetch() => Case.FetchSixteen();
}
