using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Streaming.Law;

/// <summary>
/// The slow twin: a market in a database without views, each row in a commit of its own, so that every query can be asked AS OF any row,
/// however other databases grouped the same rows into commits. Answers come from the batch engine alone.
/// </summary>
internal sealed class LawReference : IDisposable
{
    private readonly Dictionary<(string Sql, long Sequence), List<byte[]>> answers = [];

    public LawReference(int seed, int rowCount)
    {
        Seed = seed;
        Market = LawMarket.Make(seed, rowCount);
        LawCommits.CreateTables(Database);
        foreach (var statement in LawViews.All.Select(v => v.Before).Where(b => b.Length > 0).Distinct())
        {
            Database.Execute(statement);
        }

        var commits = new LawCommits(Database, Market);
        Ends = new long[rowCount];
        for (var row = 0; row < rowCount; row++)
        {
            commits.CommitUntil(row + 1, new Random(0), rowsMax: 1);
            Ends[row] = Database.CommittedSequence;
        }
    }

    /// <summary>What the market was made from.</summary>
    public int Seed { get; }

    /// <summary>The rows.</summary>
    public LawMarket Market { get; }

    /// <summary>Has all rows.</summary>
    public TickDatabase Database { get; } = TickDatabase.OpenInMemory();

    /// <summary>The <c>_seq</c> of each row, in order.</summary>
    public long[] Ends { get; }

    /// <summary>The rows of a definition's query after the first rows of the market, sorted by their bytes.</summary>
    public List<byte[]> Answer(LawView view, int rowCount)
    {
        var sequence = Ends[rowCount - 1];
        if (!answers.TryGetValue((view.Statement ?? view.Query, sequence), out var rows))
        {
            // Behind a query the words would belong to its last table; around it they belong to all.
            using var result = view.Statement is null
                ? Database.Query($"SELECT * FROM ({view.Query}) whole AS OF SEQ {sequence}")
                : RunPlan(Database, view, sequence);
            rows = CanonicalRows.Read(result);
            rows.Sort(CanonicalRows.Compare);
            answers.Add((view.Statement ?? view.Query, sequence), rows);
        }

        return rows;
    }

    /// <summary>Names and types of a definition's columns.</summary>
    public BatchSchema SchemaOf(LawView view)
    {
        using var result = view.Statement is null ? Database.Query(view.Query) : RunPlan(Database, view, Ends[^1]);
        return result.Schema;
    }

    /// <summary>The rows of an index or an alert by the batch form of its plan, over the tables of a database as of a sequence.</summary>
    public static QueryResult RunPlan(TickDatabase database, LawView view, long sequence)
    {
        var keyed = ViewLanguage.Get().Bind(database, view.Create, createdSequence: 0).Plan;
        var snapshot = database.OpenSnapshot(sequence);
        var rows = database.ViewManager.History.Over(keyed.Plan, snapshot);
        var visible = Enumerable.Range(0, keyed.VisibleCount).Select(i => KeyedPlan.ColumnOf(rows, i)).ToArray();
        return database.Run(new ProjectNode(rows, visible, [.. visible.Select(c => c.Name)]), snapshot);
    }

    public void Dispose() => Database.Dispose();
}
