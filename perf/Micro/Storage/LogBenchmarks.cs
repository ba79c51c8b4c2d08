using System.IO.Hashing;
using BenchmarkDotNet.Attributes;
using TickStore.Micro.Reporting;
using TickStore.Micro.Setup;
using TickStore.Storage.Log;
using TickStore.Storage.Segments;

namespace TickStore.Micro.Storage;

/// <summary>
/// What a commit costs besides the device: its frame copied into the batch that is written next, with its checksum,
/// beside a memcpy. Per byte; frames of 32 KiB are commits of about a thousand trades, those of 1 KiB of thirty.
/// </summary>
[PerWidth, BytesPerValue(1)]
[Measures(
    "TickStore.Storage.Log.LogBatch",
    "TickStore.Storage.Log.LogFormat",
    "TickStore.Storage.Segments.SegmentFormat"
)]
public class LogBenchmarks
{
    private const int TotalBytes = 1 << 20;
    private const int LargeBytes = 32 << 10;
    private const int SmallBytes = 1 << 10;

    private readonly byte[] payload = new byte[LargeBytes];
    private readonly byte[] copy = new byte[LargeBytes];
    private readonly LogBatch batch = new(2 * TotalBytes, logId: 7, epoch: 1);

    /// <summary>Bytes that no checksum finds easy.</summary>
    public LogBenchmarks() => new Random(20230201).NextBytes(payload);

    /// <summary>The bound.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = TotalBytes)]
    public void Memcpy()
    {
        for (var done = 0; done < TotalBytes; done += LargeBytes)
        {
            payload.CopyTo(copy, 0);
        }
    }

    /// <summary>Commits of 32 KiB.</summary>
    [Benchmark(OperationsPerInvoke = TotalBytes)]
    public int AppendLarge() => Append(LargeBytes);

    /// <summary>Commits of 1 KiB.</summary>
    [Benchmark(OperationsPerInvoke = TotalBytes)]
    public int AppendSmall() => Append(SmallBytes);

    /// <summary>The checksum of a log frame.</summary>
    [Benchmark(OperationsPerInvoke = LargeBytes)]
    public ulong FrameChecksum() => LogFormat.Checksum(payload, logId: 7, position: 4096);

    /// <summary>The checksum of a segment's block.</summary>
    [Benchmark(OperationsPerInvoke = LargeBytes)]
    public ulong BlockChecksum() => SegmentFormat.BlockChecksum(payload, fileId: 7, offset: 4096);

    /// <summary>For comparison: CRC-32 as .NET has it, with carry-less multiplication where there is one.</summary>
    [Benchmark(OperationsPerInvoke = LargeBytes)]
    public uint Crc32OfSystem() => Crc32.HashToUInt32(payload);

    private int Append(int frameBytes)
    {
        batch.Reset(4096);
        for (var done = 0; done < TotalBytes; done += frameBytes)
        {
            var offset = batch.Reserve(LogFrameType.FirstUserType, firstSequence: done, frameBytes);
            payload.AsSpan(0, frameBytes).CopyTo(batch.Payload(offset, frameBytes));
            batch.Complete(offset, frameBytes);
        }

        return batch.Seal().Length;
    }
}
