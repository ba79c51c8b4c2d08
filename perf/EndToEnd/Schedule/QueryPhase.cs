using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>
/// Warm queries. All engines are open at once; each answers a query once, the answers are compared, and then they take turns. A long
/// query is run less often: the first answer counts where it took longer than all runs should.
/// </summary>
internal sealed class QueryPhase(RunState run)
{
    // A first answer above it is the figure: what a process does for the first time takes less than a tenth of that.
    private const double LongestSeconds = 8;

    private readonly Dictionary<string, WorkerProcess> workers = [];

    /// <summary>Median seconds of each query and engine that answered in time.</summary>
    public Dictionary<(string Query, string Engine), double> WarmSeconds { get; } = [];

    public void Run()
    {
        try
        {
            foreach (var engine in run.Engines.ToArray())
            {
                Report.Progress($"{engine}: open");
                if (run.TryStart(engine, run.FolderOf(engine)) is { } worker)
                {
                    workers.Add(engine, worker);
                }
            }

            foreach (var (id, _) in QueryCatalog.All)
            {
                if (QueryCatalog.Wants(run.Report, id))
                {
                    Time(id);
                }
            }

            Memory();
        }
        finally
        {
            foreach (var worker in workers.Values)
            {
                worker.Dispose();
            }
        }
    }

    private void Time(string id)
    {
        Report.Progress($"query {id}");
        var first = new Dictionary<string, double>();
        (string Engine, object[][] Rows)? reference = null;
        foreach (var engine in run.Engines)
        {
            var reply = Ask(engine, id);
            if (reply.IsTimeout)
            {
                run.Report.LongerThan($"query.{id}", engine, run.Plan.QueryLimitOf(engine).TotalMilliseconds, "ms");
                continue;
            }

            if (reply.Rows is null)
            {
                run.Report.LeftOut($"query.{id}", engine, "it has no form of this query");
                continue;
            }

            var rows = AnswerText.Read(reply.Rows);
            if (reference is { } other)
            {
                Compare(id, other, engine, rows);
            }
            else
            {
                reference = (engine, rows);
            }

            first.Add(engine, reply.Seconds!.Value);
        }

        if (reference is { } answer && QueryCatalog.WantsWarm(run.Report, id))
        {
            TakeTurns(id, first, answer.Rows);
        }
        else
        {
            Keep(id, first);
        }
    }

    private static void Compare(string id, (string Engine, object[][] Rows) reference, string engine, object[][] rows)
    {
        if (AnswerComparer.Difference(id, reference.Rows, rows) is { } difference)
        {
            throw new InvalidDataException($"{id}, {engine} beside {reference.Engine}: {difference}");
        }
    }

    private void TakeTurns(string id, Dictionary<string, double> first, object[][] answer)
    {
        var budget = run.Plan.QueryBudget.TotalSeconds;
        var longest = Math.Max(budget, LongestSeconds);
        var engines = first.Keys.ToArray();
        var spent = engines.ToDictionary(e => e, _ => 0.0);
        var samples = engines.ToDictionary(e => e, e => first[e] > longest ? [first[e]] : new List<double>());
        for (var round = 0; round < run.Plan.RunCount; round++)
        {
            for (var turn = 0; turn < engines.Length; turn++)
            {
                var engine = engines[(round + turn) % engines.Length];
                if (first[engine] > longest || spent[engine] > budget)
                {
                    continue;
                }

                var reply = Ask(engine, id);
                if (reply.Seconds is { } seconds)
                {
                    samples[engine].Add(seconds);
                    spent[engine] += seconds;
                }
                else
                {
                    throw new WorkerException(engine, id, "it answered once, and not in time when it was asked again");
                }
            }
        }

        foreach (var (engine, seconds) in samples)
        {
            foreach (var value in seconds)
            {
                run.Samples.Add($"query.{id}", engine, "ms", value * 1000);
                if (id == QueryCatalog.Delivery)
                {
                    run.Samples.Add(
                        QueryCatalog.DeliveryMetric,
                        engine,
                        "rows/s",
                        Convert.ToDouble(answer[0][0]) / value
                    );
                }
            }
        }

        Keep(id, samples.ToDictionary(s => s.Key, s => Samples.Of([.. s.Value]).Median));
    }

    private void Keep(string id, Dictionary<string, double> seconds)
    {
        foreach (var (engine, value) in seconds)
        {
            WarmSeconds[(id, engine)] = value;
        }
    }

    // A worker that did not stop at its limit was killed: another takes its place.
    private WorkerReply Ask(string engine, string id)
    {
        var limit = run.Plan.QueryLimitOf(engine).TotalSeconds;
        var reply = workers[engine].Ask(new WorkerRequest(WorkerCommand.Query) { Query = id, TimeoutSeconds = limit });
        if (!workers[engine].IsAlive)
        {
            workers[engine] = run.Start(engine);
        }

        return reply;
    }

    private void Memory()
    {
        const string metric = "memory.queries";
        foreach (var (engine, worker) in run.Report.Wants(metric) ? workers : [])
        {
            if (engine == EngineNames.Postgres)
            {
                run.Report.LeftOut(metric, engine, "its memory is that of a server's processes");
            }
            else if (worker.Ask(new WorkerRequest(WorkerCommand.Memory)).PeakMebibytes is { } mebibytes)
            {
                run.Samples.Add(metric, engine, "MiB", mebibytes);
            }
        }
    }
}
