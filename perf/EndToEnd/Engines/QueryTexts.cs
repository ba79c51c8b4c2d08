namespace TickStore.EndToEnd.Engines;

/// <summary>The texts of the queries, beside the program: Queries/Q1/tickstore.sql.</summary>
internal static class QueryTexts
{
    // Kept, because an engine asks for its text within the time of a query, and the shortest take less than reading a file.
    private static readonly Dictionary<(string Id, string Dialect, QueryParameters Parameters), string?> Filled = [];

    /// <summary>The query in a dialect, with its parameters filled in; null where the dialect has none. For one thread.</summary>
    public static string? Find(string id, string dialect, QueryParameters parameters)
    {
        if (!Filled.TryGetValue((id, dialect, parameters), out var text))
        {
            var path = Path.Combine(AppContext.BaseDirectory, "Queries", id, $"{dialect}.sql");
            text = File.Exists(path) ? parameters.Fill(File.ReadAllText(path)) : null;
            Filled.Add((id, dialect, parameters), text);
        }

        return text;
    }
}
