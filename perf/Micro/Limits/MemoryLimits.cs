using System.Numerics;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Limits;

/// <summary>
/// What the machine can do: bytes read, written and copied on one thread, out of each level of the memory hierarchy
/// (after McCalpin's STREAM). A kernel that comes near these figures is done; one that is far off is bound by something
/// else. Per byte read or written; a copied byte counts once.
/// </summary>
[NativeWidth, BytesPerValue(1)]
[Measures("TickStore.Micro.Limits.MemoryLimits")]
public class MemoryLimits
{
    // Every call moves as much, so that small sizes are gone over many times.
    private const int CallBytes = 64 << 20;

    private byte[] source = [];
    private byte[] target = [];

    /// <summary>First level, second, third, and far beyond any cache.</summary>
    [Params(16, 512, 8 << 10, 64 << 10)]
    public int WorkingSetKiB { get; set; }

    /// <summary>Touches all memory, so that no page fault is measured.</summary>
    [GlobalSetup]
    public void Allocate()
    {
        source = GC.AllocateUninitializedArray<byte>(WorkingSetKiB << 10, pinned: true);
        target = GC.AllocateUninitializedArray<byte>(WorkingSetKiB << 10, pinned: true);
        source.AsSpan().Fill(1);
        target.AsSpan().Fill(2);
    }

    /// <summary>Sums in four independent registers: loads are the only limit.</summary>
    [Benchmark(OperationsPerInvoke = CallBytes), BenchmarkCategory("read")]
    public long Read()
    {
        var total = Vector<long>.Zero;
        var vectors = MemoryMarshal.Cast<byte, Vector<long>>(source);
        for (var done = 0; done < CallBytes; done += source.Length)
        {
            var (a, b, c, d) = (Vector<long>.Zero, Vector<long>.Zero, Vector<long>.Zero, Vector<long>.Zero);
            for (var i = 0; i + 3 < vectors.Length; i += 4)
            {
                a += vectors[i];
                b += vectors[i + 1];
                c += vectors[i + 2];
                d += vectors[i + 3];
            }

            total += (a + b) + (c + d);
        }

        return Vector.Sum(total);
    }

    /// <summary>Sets bytes.</summary>
    [Benchmark(OperationsPerInvoke = CallBytes), BenchmarkCategory("write")]
    public void Write()
    {
        for (var done = 0; done < CallBytes; done += target.Length)
        {
            target.AsSpan().Fill((byte)done);
        }
    }

    /// <summary>Copies bytes.</summary>
    [Benchmark(OperationsPerInvoke = CallBytes), BenchmarkCategory("copy")]
    public void Copy()
    {
        for (var done = 0; done < CallBytes; done += source.Length)
        {
            source.AsSpan().CopyTo(target);
        }
    }
}
