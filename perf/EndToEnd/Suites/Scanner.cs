using System.Numerics;
using System.Runtime.InteropServices;
using TickStore.Core;
using TickStore.EndToEnd.Data;

namespace TickStore.EndToEnd.Suites;

/// <summary>Reads all declared columns of a table and sums them up, on some threads.</summary>
internal static class Scanner
{
    private static ulong sink;

    /// <summary>Reads the table at a new snapshot.</summary>
    /// <returns>The checksum of what was read.</returns>
    public static RowChecksum Read(TickDatabase database, Workload workload, ScanOrder order, int threadCount)
    {
        using var snapshot = database.OpenSnapshot();
        var table = snapshot.GetTable(workload.Name);
        var request = new ScanRequest { Columns = [.. Enumerable.Range(0, table.Schema.Columns.Count)], Order = order };
        using var scan = table.OpenScan(request, database.Pool, CancellationToken.None);
        var (next, sums) = (-1, new RowChecksum[threadCount]);
        if (threadCount == 1)
        {
            Work(0);
        }
        else
        {
            var threads = new Thread[threadCount];
            Exception? failure = null;
            for (var i = 0; i < threadCount; i++)
            {
                var index = i;
                threads[i] = new Thread(() =>
                {
                    try
                    {
                        Work(index);
                    }
                    catch (Exception e)
                    {
                        failure = e;
                    }
                });
                threads[i].Start();
            }

            foreach (var thread in threads)
            {
                thread.Join();
            }

            if (failure is not null)
            {
                throw new InvalidOperationException("A scan thread failed", failure);
            }
        }

        return sums.Aggregate((a, b) => a + b);

        void Work(int index)
        {
            RowChecksum sum = default;
            ulong folded = 0;
            while (Interlocked.Increment(ref next) is var morsel && morsel < scan.MorselCount)
            {
                using var reader = scan.OpenMorsel(morsel);
                while (reader.Next() is { } batch)
                {
                    sum += workload.Checksum(batch);
                    folded ^= Fold(batch);
                }
            }

            sums[index] = sum;
            Volatile.Write(ref sink, folded);
        }
    }

    // Every value is looked at, so that a reader which only points at memory does not seem infinitely fast.
    private static ulong Fold(Batch batch)
    {
        ulong folded = 0;
        for (var column = 0; column < batch.ColumnCount; column++)
        {
            for (var level = 0; level < batch[column].Type.LevelCount; level++)
            {
                folded ^= Fold(MemoryMarshal.Cast<byte, ulong>(batch[column].LevelBytes(level)));
            }
        }

        return folded;
    }

    private static ulong Fold(ReadOnlySpan<ulong> words)
    {
        var lanes = MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
        var folded = Vector<ulong>.Zero;
        foreach (var lane in lanes)
        {
            folded ^= lane;
        }

        ulong rest = 0;
        foreach (var word in words[(lanes.Length * Vector<ulong>.Count)..])
        {
            rest ^= word;
        }

        return rest ^ Vector.Sum(folded);
    }
}
