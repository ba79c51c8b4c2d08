using System.Diagnostics;

namespace TickStore.EndToEnd.Latency;

/// <summary>Full scans by SQL, one after the other, on a thread of their own, for as long as it lives.</summary>
internal sealed class ScanLoad : IDisposable
{
    private readonly Thread thread;
    private volatile bool isStopping;
    private long scans;
    private Exception? failure;

    public ScanLoad(TickDatabase database, string sql)
    {
        thread = new Thread(() =>
        {
            try
            {
                while (!isStopping)
                {
                    using var result = database.Query(sql);
                    while (result.Next() is not null) { }

                    Interlocked.Increment(ref scans);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        {
            Name = "scan beside",
        };
        Clock = Stopwatch.StartNew();
        thread.Start();
    }

    public Stopwatch Clock { get; }

    /// <summary>Scans that came to their end.</summary>
    public long Scans => Interlocked.Read(ref scans);

    public void Dispose()
    {
        isStopping = true;
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException("The scan beside a latency path failed", failure);
        }
    }
}
