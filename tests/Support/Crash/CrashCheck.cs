using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Tests.Support.Crash;

/// <summary>Opens a database that a writer was killed in, and compares every row with what was acknowledged.</summary>
public static class CrashCheck
{
    /// <summary>Throws at the first violation.</summary>
    /// <returns>Rows of both tables.</returns>
    public static long Verify(string folder, IReadOnlyDictionary<long, int> acknowledged)
    {
        using var storage = StorageEngine.Open(folder, CrashWriter.Options);
        var faults = storage.Check();
        Require(faults.Findings.Count == 0, $"check found {string.Join("; ", faults.Findings)}");
        using var snapshot = storage.OpenSnapshot();
        var sequences = new HashSet<long>();
        var trades = Read(snapshot, CrashWriter.TradeTable, storage.Pool, sequences);
        var audit = Read(snapshot, CrashWriter.AuditTable, storage.Pool, sequences);
        foreach (var (batch, rows) in acknowledged)
        {
            Require(
                trades.GetValueOrDefault(batch) == rows,
                $"acknowledged batch {batch} of {rows} rows has {trades.GetValueOrDefault(batch)}"
            );
        }

        foreach (var (batch, rows) in trades)
        {
            Require(
                audit.GetValueOrDefault(batch) == rows,
                $"batch {batch} has {rows} rows in one table and {audit.GetValueOrDefault(batch)} in the other"
            );
        }

        Require(trades.Count == audit.Count, "a batch is in one table only");
        return sequences.Count;
    }

    private static Dictionary<long, int> Read(Snapshot snapshot, string name, BlockPool pool, HashSet<long> sequences)
    {
        var seen = new Dictionary<long, (int Declared, HashSet<int> Rows)>();
        if (snapshot.FindTable(name) is not { } table)
        {
            return [];
        }

        var source = snapshot.GetSource(table);
        var request = new ScanRequest { Columns = [2, 3, 4, source.Schema.SequenceIndex], Order = ScanOrder.Sequence };
        using var scan = source.OpenScan(request, pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } rows)
            {
                for (var i = 0; i < rows.RowCount; i++)
                {
                    var batch = rows[0].Values<long>()[i];
                    if (!seen.TryGetValue(batch, out var found))
                    {
                        seen.Add(batch, found = (rows[2].Values<int>()[i], []));
                    }

                    Require(
                        found.Rows.Add(rows[1].Values<int>()[i]),
                        $"row {rows[1].Values<int>()[i]} of batch {batch} is there twice"
                    );
                    Require(
                        sequences.Add(rows[3].Values<long>()[i]),
                        $"_seq {rows[3].Values<long>()[i]} is there twice"
                    );
                }
            }
        }

        foreach (var (batch, (declared, rows)) in seen)
        {
            Require(rows.Count == declared, $"batch {batch} of {declared} rows has only {rows.Count} in {name}");
        }

        return seen.ToDictionary(s => s.Key, s => s.Value.Declared);
    }

    private static void Require(bool holds, string violation)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Violation: {violation}");
        }
    }
}
