namespace TickStore.Tests.Streaming.Law;

/// <summary>One definition that the law is checked for.</summary>
/// <param name="Name">The view's name.</param>
/// <param name="Select">Its query.</param>
internal sealed record LawView(string Name, string Select)
{
    /// <summary>What stands behind the query in the statement that makes the view: EMIT and the like.</summary>
    public string Clauses { get; init; } = string.Empty;

    /// <summary>Views that the query names, in the order in which they have to be made.</summary>
    public LawView[] On { get; init; } = [];

    /// <summary>The query whose rows the view must hold, where that is not the one that it is defined by.</summary>
    public string? Contents { get; init; }

    /// <summary>True where changes are held back, so that those told so far do not add up to the contents.</summary>
    public bool HoldsChanges { get; init; }

    /// <summary>Statements that have to come before the view's, such as a calendar's.</summary>
    public string Before { get; init; } = string.Empty;

    /// <summary>
    /// The whole statement, for indices and alerts, which no plain query says: they must equal the batch form of their own plan. Null for
    /// the others.
    /// </summary>
    public string? Statement { get; init; }

    /// <summary>True where the query alone is the view, over tables: then its operators can be tried without a database around
    /// them.</summary>
    public bool CanBeACircuit => On.Length == 0 && Contents is null;

    /// <summary>The statement that makes it.</summary>
    public string Create => Statement ?? $"CREATE MATERIALIZED VIEW {Name} AS {Select} {Clauses}";

    /// <summary>
    /// The plain query that the contents must equal: views below are put in as queries, so that no contents of any view are read.
    /// </summary>
    public string Query
    {
        get
        {
            var with = new List<string>();
            Collect(this, with);
            var all = Contents ?? Select;
            return with.Count == 0 ? all : $"WITH {string.Join(", ", with)} {all}";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static void Collect(LawView view, List<string> with)
    {
        foreach (var below in view.On)
        {
            Collect(below, with);
            var line = $"{below.Name} AS ({below.Contents ?? below.Select})";
            if (!with.Contains(line))
            {
                with.Add(line);
            }
        }
    }
}
