using BenchmarkDotNet.Attributes;
using TickStore.Codecs;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Codecs;

/// <summary>
/// Encoding as the sealer does it: every codec that may win is planned, the best one written. Per value, for each
/// column of the table.
/// </summary>
[PerWidth]
[Measures("TickStore.Codecs.Choosing.LaneChooser")]
public class ChoosingBenchmarks
{
    /// <summary>The column.</summary>
    [ParamsSource(nameof(Cases))]
    public ChoosingCase Case { get; set; } = null!;

    /// <summary>What the parameter runs through.</summary>
    public static IEnumerable<ChoosingCase> Cases => VectorColumn.All.Select(c => new ChoosingCase(c));

    /// <summary>The bound: the values copied.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = CodecCase.ValueCount)]
    public void Memcpy() => Case.CopyAll();

    /// <summary>Choose and write.</summary>
    [Benchmark(OperationsPerInvoke = CodecCase.ValueCount)]
    public int ChooseAndEncode() => Case.EncodeAll();
}

/// <summary>Sixteen vectors of a column, encoded by whatever codec wins.</summary>
public sealed class ChoosingCase : IValueShape
{
    private readonly VectorColumn column;
    private readonly byte[] scratch = new byte[
        (4 * sizeof(double) * VectorColumn.VectorRows) + VectorHeader.SizeInBytes
    ];

    internal ChoosingCase(VectorColumn column)
    {
        this.column = column;
        long rawBytes = 0;
        for (var i = 0; i < CodecCase.VectorCount; i++)
        {
            rawBytes += column.RawBytes(VectorOf(i));
        }

        BytesPerValue = rawBytes / (double)CodecCase.ValueCount;
        StoredBytesPerValue = EncodeAll() / (double)CodecCase.ValueCount;
    }

    /// <inheritdoc/>
    public double BytesPerValue { get; }

    /// <inheritdoc/>
    public double? StoredBytesPerValue { get; }

    /// <summary>Encodes every vector.</summary>
    /// <returns>Bytes of all of them.</returns>
    public int EncodeAll()
    {
        var bytes = 0;
        for (var i = 0; i < CodecCase.VectorCount; i++)
        {
            column.TryEncode(CodecId.None, VectorOf(i), scratch, out var encodedBytes);
            bytes += encodedBytes;
        }

        return bytes;
    }

    /// <summary>Copies every vector.</summary>
    public void CopyAll()
    {
        for (var i = 0; i < CodecCase.VectorCount; i++)
        {
            column.Copy(VectorOf(i));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => column.Name;

    private static int VectorOf(int i) => i * 17 % VectorColumn.VectorCount;
}
