using TickStore.Core;
using TickStore.Storage;

namespace TickStore.EndToEnd.Latency.Paths;

/// <summary>
/// The most that a program can do that has to poll: it asks for the rows behind those it has seen, again and again, from a thread of its
/// own. It spins where a core is free for it, and sleeps between looks where none is.
/// </summary>
internal sealed class PollingReader : ILatencyPath
{
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    private readonly PathSetting setting;
    private readonly TableAppender appender;
    private readonly int[] symbols;
    private readonly Thread reader;
    private readonly ManualResetEventSlim stopping = new();
    private readonly int sequenceColumn;
    private long seen;
    private long priceSum;
    private Exception? failure;

    public PollingReader(PathSetting setting)
    {
        this.setting = setting;
        symbols = TickTable.InternSymbols(setting.Database);
        appender = setting.Database.CreateAppender(
            setting.Table,
            new AppenderOptions { CommitRows = TickTape.BatchTicks, Durability = Durability.Async }
        );
        sequenceColumn = appender.Schema.SequenceIndex;
        seen = setting.Database.CommittedSequence;
        reader = new Thread(Read) { Name = "polling reader" };
        reader.Start();
    }

    public void Publish(in TickBatch ticks)
    {
        TickTable.Append(appender, ticks, symbols);
        appender.Commit();
    }

    public void Drain()
    {
        stopping.Set();
        reader.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException("The polling reader failed", failure);
        }
    }

    public void Dispose()
    {
        Drain();
        stopping.Dispose();
        appender.Dispose();
    }

    private void Read()
    {
        try
        {
            while (true)
            {
                // Asked first: what was committed before the word to stop is read after it.
                var isLast = stopping.IsSet;
                if (setting.Database.CommittedSequence > seen)
                {
                    ReadNewRows();
                }
                else if (isLast)
                {
                    return;
                }
                else if (setting.MayReaderSpin)
                {
                    Thread.SpinWait(1);
                }
                else
                {
                    stopping.Wait(Nap);
                }
            }
        }
        catch (Exception e)
        {
            failure = e;
        }
    }

    private void ReadNewRows()
    {
        using var snapshot = setting.Database.OpenSnapshot();
        var request = new ScanRequest
        {
            Columns = [TickTable.TimeColumn, TickTable.PriceColumn],
            Predicates =
            [
                new ScanPredicate
                {
                    Column = sequenceColumn,
                    Operator = ScanOperator.Greater,
                    Integer = seen,
                },
            ],
        };
        using var scan = snapshot
            .GetTable(setting.Table)
            .OpenScan(request, setting.Database.Pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var rows = scan.OpenMorsel(morsel);
            while (rows.Next() is { } batch)
            {
                foreach (var price in batch[1].Values<long>())
                {
                    priceSum += price;
                }

                setting.Sink.Delivered(batch[0].Values<long>());
            }
        }

        seen = snapshot.Sequence;
    }
}
