namespace TickStore.Sql.Diagnostics;

/// <summary>
/// "Did you mean": the candidate nearest to a name by edit distance, where a swap of two neighbours counts as one edit
/// (the optimal string alignment form of Damerau, 1964). Case does not count.
/// </summary>
internal static class NearestName
{
    private const int NameCharsMax = 64;

    /// <summary>
    /// The nearest candidate, the first of equals, or null where none is near: one edit for names of up to four
    /// characters, two up to eight, three beyond; never as many edits as the name is long.
    /// </summary>
    public static string? Find(string wanted, IEnumerable<string> candidates)
    {
        var allowed =
            wanted.Length <= 4 ? 1
            : wanted.Length <= 8 ? 2
            : 3;
        var bestDistance = Math.Min(allowed, wanted.Length - 1) + 1;
        string? best = null;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - wanted.Length) >= bestDistance)
                continue;
            var distance = Distance(wanted, candidate);
            if (distance >= bestDistance)
                continue;
            bestDistance = distance;
            best = candidate;
        }

        return best;
    }

    /// <summary>"; did you mean \"x\"?" to append to a message, or an empty string.</summary>
    public static string Hint(string wanted, IEnumerable<string> candidates) =>
        Find(wanted, candidates) is { } nearest ? $"; did you mean \"{nearest}\"?" : "";

    /// <summary>
    /// Edits from one name to the other: insert, delete, replace, swap neighbours. Names past 64 characters are not
    /// compared: equal ones have distance 0, others <see cref="int.MaxValue"/>.
    /// </summary>
    public static int Distance(string left, string right)
    {
        if (string.Equals(left, right, StringComparison.OrdinalIgnoreCase))
            return 0;
        if (left.Length > NameCharsMax || right.Length > NameCharsMax)
            return int.MaxValue;

        Span<int> rows = stackalloc int[3 * (NameCharsMax + 1)];
        var before = rows[..(NameCharsMax + 1)];
        var previous = rows.Slice(NameCharsMax + 1, NameCharsMax + 1);
        var current = rows[(2 * (NameCharsMax + 1))..];
        for (var j = 0; j <= right.Length; j++)
            previous[j] = j;

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                var edits = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                var swapped = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
                current[j] = swapped ? Math.Min(edits, before[j - 2] + 1) : edits;
            }

            var oldest = before;
            before = previous;
            previous = current;
            current = oldest;
        }

        return previous[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
