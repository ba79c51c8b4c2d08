using System.Text;
using TickStore.Core;

namespace TickStore.Tests.Streaming.Law;

/// <summary>Says in which rows two sides differ.</summary>
internal static class RowDifferences
{
    private const int ShownMax = 6;

    /// <summary>Null where both have the same rows, each as often.</summary>
    public static string? Find(List<byte[]> view, List<byte[]> twin, BatchSchema schema)
    {
        view.Sort(CanonicalRows.Compare);
        twin.Sort(CanonicalRows.Compare);
        var (only, missing) = (new List<byte[]>(), new List<byte[]>());
        for (int i = 0, k = 0; i < view.Count || k < twin.Count; )
        {
            var order =
                i == view.Count ? 1
                : k == twin.Count ? -1
                : CanonicalRows.Compare(view[i], twin[k]);
            if (order < 0)
            {
                only.Add(view[i]);
            }
            else if (order > 0)
            {
                missing.Add(twin[k]);
            }

            i += order <= 0 ? 1 : 0;
            k += order >= 0 ? 1 : 0;
        }

        if (only.Count + missing.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder($"{view.Count} rows in the view, {twin.Count} by the query\n");
        Show(text, "only in the view", only, schema);
        Show(text, "only by the query", missing, schema);
        return text.ToString();
    }

    private static void Show(StringBuilder text, string where, List<byte[]> rows, BatchSchema schema)
    {
        text.Append(rows.Count).Append(' ').Append(where).AppendLine(rows.Count > 0 ? ":" : ".");
        foreach (var row in rows.Take(ShownMax))
        {
            text.Append("  ").AppendLine(CanonicalRows.Describe(row, schema));
        }
    }
}

/// <summary>The law does not hold.</summary>
internal sealed class LawException(string message, Exception? inner = null) : Exception(message, inner);
