using TickStore.EndToEnd.Workers;

namespace TickStore.EndToEnd.Schedule;

/// <summary>
/// Times one query: the engines take turns, and each round begins with another one. A long query is run less often; where the first
/// answer took very long already, that is the figure.
/// </summary>
internal sealed class QueryTurns(
    RunState run,
    OpenWorkers workers,
    string id,
    IReadOnlyDictionary<string, QueryAnswer> answers
)
{
    // What a process does for the first time takes less than a tenth of that.
    private const double LongestSeconds = 8;

    /// <summary>Asks in turns.</summary>
    /// <returns>What each engine took, in seconds, run by run.</returns>
    public IReadOnlyDictionary<string, List<double>> Run()
    {
        var engines = answers.Keys.Where(e => answers[e].Seconds <= LongestSeconds).ToArray();
        WarmUp(engines);
        var samples = answers.Keys.ToDictionary(e => e, _ => new List<double>());
        for (var round = 0; round < run.Plan.RunCount; round++)
        {
            for (var turn = 0; turn < engines.Length; turn++)
            {
                var engine = engines[(round + turn) % engines.Length];
                if (samples[engine].Sum() <= run.Plan.QueryBudget.TotalSeconds)
                {
                    samples[engine].Add(Ask(engine));
                }
            }
        }

        foreach (var (engine, answer) in answers)
        {
            if (samples[engine].Count == 0)
            {
                samples[engine].Add(answer.Seconds);
            }
        }

        return samples;
    }

    // In turns as well: a compiler in the background has the others' time to end.
    private void WarmUp(string[] engines)
    {
        var spent = engines.ToDictionary(e => e, e => answers[e].Seconds);
        while (spent.Values.Any(s => s < run.Plan.WarmUp.TotalSeconds))
        {
            foreach (var engine in engines)
            {
                if (spent[engine] < run.Plan.WarmUp.TotalSeconds)
                {
                    // Beside the query itself a message goes to and fro: a query of no time at all must come to an end.
                    spent[engine] += Ask(engine) + 0.001;
                }
            }
        }
    }

    // An engine gives the same answer each time, or the first one meant nothing.
    private double Ask(string engine)
    {
        var reply = workers.Ask(engine, id);
        if (reply.Rows is not { } rows)
        {
            throw new WorkerException(engine, id, "it answered once, and not in time when it was asked again");
        }

        return AnswerComparer.Difference(id, answers[engine].Rows, AnswerText.Read(rows)) is { } difference
            ? throw new InvalidDataException($"{id}, {engine} asked again: {difference}")
            : reply.Seconds!.Value;
    }
}
