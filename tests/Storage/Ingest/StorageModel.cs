// The slow, obvious twin of the write path: a list of rows as text for each table, lateness recomputed from scratch for
// every row, and the counters. Tests drive an engine and this side by side and compare everything that can be read.
using System.Globalization;
using System.Text;
using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Tests.Storage.Ingest;

/// <summary>A clock that stands still: each commit's time stamp is then one more than the last one's.</summary>
internal sealed class StillClock : TimeProvider
{
    public static readonly long Nanos = 1_700_000_000L * 1_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Nanos / 100);
}

internal sealed class StorageModel
{
    private readonly List<Commit> commits = [];
    private readonly List<(long Sequence, Action<StorageModel> Change)> journal = [];
    private readonly Dictionary<string, Table> tables = [];
    private long nextSequence = 1;
    private long lastIngest = StillClock.Nanos - 1;

    public long LastSequence => nextSequence - 1;

    public IReadOnlyList<long> CommitEnds => [0, .. commits.Select(c => c.LastSequence).Distinct()];

    public IEnumerable<string> TableNames => tables.Keys;

    public void Create(TableSchema schema)
    {
        tables.Add(schema.Name, new Table(schema));
        journal.Add((LastSequence, m => m.Create(schema)));
    }

    public void Drop(string name)
    {
        tables.Remove(name);
        journal.Add((LastSequence, m => m.Drop(name)));
    }

    /// <summary>The twin of a database that lost everything after a commit; tables made later are
    /// there if <paramref name="exists"/>.</summary>
    public StorageModel Through(long sequence, Func<string, bool> exists)
    {
        var earlier = new StorageModel();
        foreach (var (_, change) in journal.Where(j => j.Sequence <= sequence))
        {
            change(earlier);
        }

        foreach (var name in earlier.tables.Keys.Where(n => !exists(n)).ToList())
        {
            Assert.Empty(earlier.tables[name].Rows);
            earlier.Drop(name);
        }

        return earlier;
    }

    /// <summary>What the engine should make of these batches.</summary>
    public CommitResult Add(ReadOnlySpan<TableBatch> batches, int sourceId, bool isLive)
    {
        var parts = new List<Part>();
        foreach (var batch in batches)
        {
            var eventTime = batch.Table.Schema.EventTimeColumn;
            var rows = new List<(string, long?)>();
            for (var row = batch.StartRow; row < batch.StartRow + batch.RowCount; row++)
            {
                long? time = eventTime < 0 ? null : batch.Rows[eventTime].Values<long>()[row];
                rows.Add((Text(batch.Rows, row, batch.Rows.ColumnCount), time));
            }

            parts.Add(new Part(batch.Table.Name, batch.RejectedRows, rows));
        }

        return Add(parts, sourceId, isLive);
    }

    private CommitResult Add(List<Part> parts, int sourceId, bool isLive)
    {
        var first = nextSequence;
        var ingest = ++lastIngest;
        var lateRows = 0L;
        foreach (var part in parts)
        {
            var table = tables[part.Table];
            table.Rejected += part.Rejected;
            foreach (var (declared, time) in part.Rows)
            {
                var late = time is { } t && table.TakeTime(t, sourceId, isLive, ingest);
                lateRows += late ? 1 : 0;
                table.Duplicates += table.LastDeclared == declared ? 1 : 0;
                table.LastDeclared = declared;
                table.Rows.Add((nextSequence, $"{declared}{Hex(nextSequence)}|{Hex(ingest)}|{(late ? "01" : "00")}|"));
                nextSequence++;
            }
        }

        commits.Add(new Commit { LastSequence = nextSequence - 1 });
        journal.Add((LastSequence, m => m.Add(parts, sourceId, isLive)));
        return new CommitResult(first, nextSequence - 1, ingest, lateRows);
    }

    public void CloseSource(int sourceId)
    {
        journal.Add((LastSequence, m => m.CloseSource(sourceId)));
        foreach (var table in tables.Values)
        {
            table.Close(sourceId);
        }
    }

    public void CloseAllSources()
    {
        journal.Add((LastSequence, m => m.CloseAllSources()));
        foreach (var table in tables.Values)
        {
            table.CloseAll();
        }
    }

    public List<string> Rows(string name, long throughSequence) =>
        [.. tables[name].Rows.Where(r => r.Sequence <= throughSequence).Select(r => r.Text)];

    /// <summary>Compares rows of all tables at a snapshot, and the counters if the snapshot is of all there
    /// is.</summary>
    public void AssertEqual(StorageEngine engine, long? asOf = null)
    {
        using var snapshot = engine.OpenSnapshot(asOf);
        var expectedSequence = CommitEnds.Last(end => end <= (asOf ?? long.MaxValue));
        Assert.Equal(expectedSequence, snapshot.Sequence);
        Assert.Equal(
            tables.Keys.Order(StringComparer.Ordinal),
            snapshot.Tables.Select(t => t.Name).Order(StringComparer.Ordinal)
        );
        foreach (var table in snapshot.Tables)
        {
            var expected = Rows(table.Name, snapshot.Sequence);
            var source = snapshot.GetSource(table);
            Assert.Equal(expected.Count, source.RowCount);
            var found = ReadAll(engine, source);
            for (var i = 0; i < Math.Min(expected.Count, found.Count); i++)
            {
                Assert.True(
                    expected[i] == found[i],
                    $"table {table.Name}, row {i} of {expected.Count}:\n{expected[i]}\n{found[i]}"
                );
            }

            Assert.Equal(expected.Count, found.Count);
            if (asOf is null)
            {
                tables[table.Name].AssertCounters(engine.GetStatistics(table));
            }
        }
    }

    /// <summary>All rows of a table in <c>_seq</c> order, as this model writes them.</summary>
    public static List<string> ReadAll(StorageEngine engine, ITableSource source)
    {
        var rows = new List<string>();
        var columns = Enumerable.Range(0, source.Schema.AllColumns.Count).ToArray();
        using var scan = source.OpenScan(
            new ScanRequest { Columns = columns, Order = ScanOrder.Sequence },
            engine.Pool,
            TestContext.Current.CancellationToken
        );
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add(Text(batch, row, batch.ColumnCount));
                }
            }
        }

        return rows;
    }

    private static string Text(Batch batch, int row, int columnCount)
    {
        var text = new StringBuilder();
        for (var i = 0; i < columnCount; i++)
        {
            var column = batch[i];
            if (column.IsNull(row))
            {
                text.Append("NULL");
            }
            else if (column.Type.Kind == TypeKind.Varchar)
            {
                text.Append(Encoding.UTF8.GetString(column.Utf8(row)));
            }
            else
            {
                for (var level = 0; level < column.Type.LevelCount; level++)
                {
                    var width = column.Type.ElementBytes;
                    text.Append(Convert.ToHexString(column.LevelBytes(level).Slice(row * width, width)));
                }
            }

            text.Append('|');
        }

        return text.ToString();
    }

    private static string Hex(long value) => Convert.ToHexString(BitConverter.GetBytes(value));

    private sealed record Part(string Table, long Rejected, List<(string Declared, long? Time)> Rows);

    private sealed class Commit
    {
        public long LastSequence { get; set; }
    }

    private sealed class Table(TableSchema schema)
    {
        private const long DayNanos = 86_400_000_000_000;

        // Every event time that counted, by source; and which sources are open.
        private readonly Dictionary<int, List<long>> times = [];
        private readonly HashSet<int> open = [];
        private long watermark = long.MinValue;

        public List<(long Sequence, string Text)> Rows { get; } = [];

        public string? LastDeclared { get; set; }

        public long Duplicates { get; set; }

        public long Rejected { get; set; }

        private long LateRows { get; set; }

        private long Quarantined { get; set; }

        public bool TakeTime(long time, int sourceId, bool isLive, long ingest)
        {
            var late = time < watermark;
            LateRows += late ? 1 : 0;
            var newest =
                times.TryGetValue(sourceId, out var own) && open.Contains(sourceId) ? own.Max() : long.MinValue;
            if (isLive && time > Math.Max(newest, ingest) + DayNanos)
            {
                Quarantined++;
                return late;
            }

            if (!open.Contains(sourceId))
            {
                times[sourceId] = [];
                open.Add(sourceId);
            }

            times[sourceId].Add(time);
            Advance();
            return late;
        }

        public void Close(int sourceId)
        {
            if (open.Remove(sourceId))
            {
                times.Remove(sourceId);
                Advance(withoutSourceZero: true);
            }
        }

        public void CloseAll()
        {
            open.Clear();
            times.Clear();
        }

        public void AssertCounters(TableStatistics found)
        {
            Assert.Equal(Rows.Count, found.RowCount);
            Assert.Equal(LateRows, found.LateRows);
            Assert.Equal(Quarantined, found.QuarantinedRows);
            Assert.Equal(Rejected, found.RejectedRows);
            Assert.True(found.DuplicateRows <= Duplicates, "the engine counted repeats that are none");
            Assert.Equal(Rows.Count == 0 ? 0 : Rows[^1].Sequence, found.LastSequence);
            Assert.Equal(Rows.Count, found.HeadRowCount + found.Segments.Sum(s => s.Info.RowCount));
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{schema.Name}: {Rows.Count} rows");

        private void Advance(bool withoutSourceZero = false)
        {
            var named = open.Where(s => s != 0).ToList();
            if (named.Count > 0)
            {
                watermark = Math.Max(watermark, named.Min(s => times[s].Max()) - schema.LatenessNanos);
            }
            else if (!withoutSourceZero && open.Contains(0))
            {
                watermark = Math.Max(watermark, times[0].Max() - schema.LatenessNanos);
            }
        }
    }
}
