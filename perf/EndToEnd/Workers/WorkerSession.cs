using System.Diagnostics;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Engines;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Suites;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Workers;

/// <summary>An open engine and the rows generated for it; turns requests into calls and their results into replies.</summary>
internal sealed class WorkerSession(IEngine engine, string folder, MarketProfile market, PeakMemory sinceStart)
    : IDisposable
{
    private readonly Dictionary<(string Table, WorkloadProfile Profile), Workload> workloads = [];
    private readonly QueryParameters parameters = QueryParameters.Of(market);

    /// <summary>Never throws: what goes wrong is in the reply.</summary>
    public WorkerReply Answer(WorkerRequest request)
    {
        try
        {
            return Run(request);
        }
        catch (InvalidDataException e)
        {
            return new() { Error = e.Message, IsDifference = true };
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return new() { Error = e.Message };
        }
    }

    public void Dispose() => engine.Dispose();

    private WorkerReply Run(WorkerRequest request) =>
        request.Command switch
        {
            WorkerCommand.Bulk => Bulk(WorkloadOf(request)),
            WorkerCommand.Durable => Durable(WorkloadOf(request), request),
            WorkerCommand.Indexes => new() { Seconds = engine.CreateIndexes(WorkloadOf(request)) },
            WorkerCommand.Checksum => Checksum(WorkloadOf(request)),
            WorkerCommand.Sizes => new() { Sizes = engine.Sizes(WorkloadOf(request)) },
            WorkerCommand.Forget => Forget(),
            WorkerCommand.Query => Query(request),
            WorkerCommand.Memory => new() { PeakMebibytes = sinceStart.MebibytesAbove() },
            WorkerCommand.OwnFigures => new()
            {
                Figures = OwnFigures.Run(WorkloadOf(request), $"{folder}-own", request.Only),
            },
            WorkerCommand.Quit => new(),
        };

    private Workload WorkloadOf(WorkerRequest request)
    {
        var key = (request.Table!, request.Profile!);
        if (!workloads.TryGetValue(key, out var workload))
        {
            workload = Workload.Of(request.Table!, request.Profile!);
            workloads.Add(key, workload);
        }

        return workload;
    }

    private WorkerReply Bulk(Workload workload)
    {
        var memory = PeakMemory.Start();
        var seconds = engine.LoadBulk(workload);
        return new() { Seconds = seconds, PeakMebibytes = memory.MebibytesAbove() };
    }

    private WorkerReply Durable(Workload workload, WorkerRequest request)
    {
        var rowCount = request.RowCount == 0 ? workload.RowCount : request.RowCount;
        var commits = new Latencies((rowCount / request.CommitRows) + 1);
        var seconds = engine.LoadDurable(workload, rowCount, request.CommitRows, commits);
        return new()
        {
            Seconds = seconds,
            P50Micros = commits.PercentileMicros(0.5),
            P99Micros = commits.PercentileMicros(0.99),
        };
    }

    private WorkerReply Checksum(Workload workload)
    {
        workload.Checksum(workload.RowCount).MustEqual(engine.Checksum(workload), $"{workload.Name} as it is stored");
        return new();
    }

    private WorkerReply Forget()
    {
        workloads.Clear();
        GC.Collect();
        return new();
    }

    private WorkerReply Query(WorkerRequest request)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var rows = engine.Query(request.Query!, parameters, TimeSpan.FromSeconds(request.TimeoutSeconds));
            var seconds = clock.Elapsed.TotalSeconds;
            return new() { Seconds = seconds, Rows = rows is null ? null : AnswerText.Write(rows) };
        }
        catch (TimeoutException)
        {
            return new() { IsTimeout = true };
        }
    }
}
