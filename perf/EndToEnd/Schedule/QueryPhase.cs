using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>
/// Warm queries. All engines are open at once; each answers a query once, the answers are compared with TickStore's, and then they take
/// turns. Where answers differ nothing is timed any more, but all queries are still asked, so that one run shows all differences.
/// </summary>
internal sealed class QueryPhase(RunState run)
{
    private readonly List<string> differences = [];

    /// <summary>Median seconds of each query and engine that answered in time.</summary>
    public Dictionary<(string Query, string Engine), double> WarmSeconds { get; } = [];

    /// <summary>Asks and times all queries that are wanted.</summary>
    /// <exception cref="InvalidDataException">Answers differ; the message shows where.</exception>
    public void Run()
    {
        using var workers = new OpenWorkers(run);
        workers.Open();
        var wanted = QueryCatalog.All.Select(q => q.Id).Where(id => QueryCatalog.Wants(run.Report, id)).ToArray();
        foreach (var id in wanted.Where(id => QueryCatalog.HasOneAnswer(run.Plan, id)))
        {
            Time(workers, id);
        }

        if (wanted.Where(id => !QueryCatalog.HasOneAnswer(run.Plan, id)).ToArray() is { Length: > 0 } undecided)
        {
            run.Report.Note(
                $"{string.Join(", ", undecided)} are not asked: rows have equal time stamps, and engines differ in which comes first."
            );
        }

        if (differences.Count > 0)
        {
            throw new InvalidDataException(string.Join(Environment.NewLine, differences));
        }

        workers.AddMemory();
    }

    private void Time(OpenWorkers workers, string id)
    {
        Report.Progress($"query {id}");
        var answers = new Dictionary<string, QueryAnswer>();
        foreach (var engine in run.Engines)
        {
            if (AskFirst(workers, engine, id) is { } answer)
            {
                answers.Add(engine, answer);
            }
        }

        // Engines are in a fixed order, and TickStore is the first.
        var (reference, expected) = answers.FirstOrDefault();
        foreach (var (engine, answer) in answers)
        {
            if (AnswerComparer.Difference(id, expected.Rows, answer.Rows) is { } difference)
            {
                differences.Add($"{id}, {engine} beside {reference}: {difference}");
            }
        }

        if (differences.Count > 0 || answers.Count == 0)
        {
            return;
        }

        var isTimed = QueryCatalog.WantsWarm(run.Report, id);
        var seconds = isTimed ? new QueryTurns(run, workers, id, answers).Run() : null;
        foreach (var (engine, answer) in answers)
        {
            var values = seconds?[engine] ?? [answer.Seconds];
            WarmSeconds[(id, engine)] = Samples.Of([.. values]).Median;
            foreach (var value in isTimed ? values : [])
            {
                run.Samples.Add($"query.{id}", engine, "ms", value * 1000);
                if (id == QueryCatalog.Delivery)
                {
                    var rowCount = Convert.ToDouble(answer.Rows[0][0]);
                    run.Samples.Add(QueryCatalog.DeliveryMetric, engine, "rows/s", rowCount / value);
                }
            }
        }
    }

    private QueryAnswer? AskFirst(OpenWorkers workers, string engine, string id)
    {
        var reply = workers.Ask(engine, id);
        if (reply.IsTimeout)
        {
            var limit = run.Plan.QueryLimitOf(engine);
            run.Report.LongerThan($"query.{id}", engine, limit.TotalMilliseconds, "ms");
            run.Report.LeftOut(
                $"query_cold.{id}",
                engine,
                $"it takes more than {limit.TotalSeconds:F0} s even when warm"
            );
            return null;
        }

        if (reply.Rows is null)
        {
            run.Report.LeftOut($"query.{id}", engine, "it has no form of this query");
            run.Report.LeftOut($"query_cold.{id}", engine, "it has no form of this query");
            return null;
        }

        return new(reply.Seconds!.Value, AnswerText.Read(reply.Rows));
    }
}

/// <summary>What an engine answered at first, and how long it took.</summary>
internal readonly record struct QueryAnswer(double Seconds, object[][] Rows);
