namespace TickStore.EndToEnd.Engines;

/// <summary>The texts of the queries, beside the program: Queries/Q1/tickstore.sql.</summary>
internal static class QueryTexts
{
    /// <summary>The query in a dialect, with its parameters filled in; null where the dialect has none.</summary>
    public static string? Find(string id, string dialect, QueryParameters parameters)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Queries", id, $"{dialect}.sql");
        return File.Exists(path) ? parameters.Fill(File.ReadAllText(path)) : null;
    }
}
