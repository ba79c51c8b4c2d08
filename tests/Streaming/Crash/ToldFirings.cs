using System.Diagnostics;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Tests.Streaming.Law;

namespace TickStore.Tests.Streaming.Crash;

/// <summary>The table that an alert tells of its firings, held to the alert itself.</summary>
internal static class ToldFirings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Waits until the table's rows, applied in their order, are what has fired. That everything was told exactly once is then that: a firing
    /// told twice or not at all would make the two differ for ever, and so would one taken back that was never told.
    /// </summary>
    /// <returns>How many firings the table has told of, those taken back as well.</returns>
    public static long Settle(TickDatabase database, int kill)
    {
        database.WaitForView(CrashViews.Alert.Name);
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var told = 0L;
            var applied = Apply(database, ref told);
            using var contents = database.Query($"SELECT * FROM {CrashViews.Alert.Name}");
            var fired = CanonicalRows.Read(contents);
            if (CanonicalRows.Hash(fired) == CanonicalRows.Hash(applied))
            {
                return told;
            }

            if (patience.Elapsed > Patience)
            {
                var reason = database.Views.First(v => v.Name == CrashViews.Alert.Name).Reason;
                throw new LawException(
                    $"Violation: kill {kill}: {CrashViews.AlertTable} is not what has fired ({reason ?? "no reason"}): "
                        + RowDifferences.Find(applied, fired, contents.Schema)
                );
            }

            Thread.Sleep(10);
        }
    }

    private static List<byte[]> Apply(TickDatabase database, ref long told)
    {
        // A firing is the columns of the alert; how often each is there, for two of them may be the same to the bit.
        var there = new Dictionary<string, int>();
        using var result = database.Query(
            $"SELECT sym, ts, px, qty, fired_at, op FROM {CrashViews.AlertTable} ORDER BY _seq"
        );
        int[] visible = [0, 1, 2, 3, 4];
        while (result.Next() is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                var firing = Convert.ToHexString(CanonicalRows.Of(batch, row, visible, database.Symbols));
                var op = VectorTextWriter.ToText(batch[5], row, database.Symbols);
                var count = there.GetValueOrDefault(firing);
                if (op == "insert")
                {
                    there[firing] = count + 1;
                    told++;
                }
                else if (count > 0)
                {
                    there[firing] = count - 1;
                }
                else
                {
                    throw new LawException($"Violation: {op} in {CrashViews.AlertTable} of a firing that is not there");
                }
            }
        }

        return [.. there.SelectMany(f => Enumerable.Repeat(f.Key, f.Value)).Select(Convert.FromHexString)];
    }
}
