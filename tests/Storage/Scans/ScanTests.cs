// Scans of random tables (several segments that overlap, late rows, equal times, chunks of a head, snapshots in the
// past) under random requests give, in all four orders, the rows that LINQ finds in a list of all rows: to the bit.
using TickStore.Core;
using TickStore.Storage.Scans;
using TickStore.Storage.Segments;
using TickStore.Tests.Storage.Segments;

namespace TickStore.Tests.Storage.Scans;

public sealed class ScanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_scan_finds_what_a_filtered_and_sorted_list_holds(int seed)
    {
        var random = new Random(seed);
        foreach (var schema in Schemas.All)
        {
            var symbolCount = random.Next(1, 40);
            var rowCount = schema.Columns.Count > 10 ? random.Next(1, 3000) : random.Next(1, 12000);
            using var table = new RandomTable(random, schema, rowCount, symbolCount);
            table.Distribute(random);
            for (var i = 0; i < 30; i++)
            {
                var sequence = i % 3 == 0 ? table.Sequence(random.Next(rowCount)) : table.Sequence(rowCount - 1);
                var snapshot = table.Snapshot(sequence);
                Assert.Equal(
                    Enumerable.Range(0, rowCount).Count(row => table.Sequence(row) <= sequence),
                    snapshot.RowCount
                );
                Compare(table, snapshot, RandomRequest(random, table, symbolCount, (ScanOrder)(i % 4)));
            }
        }
    }

    [Fact]
    public void One_symbol_larger_than_a_window_is_merged_by_time()
    {
        var random = new Random(77);
        using var table = new RandomTable(random, Schemas.NoCluster, 150_000, 1);
        table.Seal([.. Enumerable.Range(0, 100_000).Where(row => row % 2 == 0)]);
        table.Seal([.. Enumerable.Range(0, 100_000).Where(row => row % 2 == 1)]);
        table.Seal([.. Enumerable.Range(100_000, 40_000)]);
        table.Keep([.. Enumerable.Range(140_000, 10_000)]);
        var snapshot = table.Snapshot(long.MaxValue);
        foreach (var order in Enum.GetValues<ScanOrder>())
        {
            Compare(table, snapshot, new ScanRequest { Columns = [2, 3], Order = order });
        }
    }

    [Fact]
    public void Equal_times_everywhere_still_come_by_sequence()
    {
        var random = new Random(5);
        using var table = new RandomTable(random, Schemas.Trades, 9000, 7);
        table.All[0].Writable<long>()[..9000].Fill(12345);
        table.Distribute(random);
        foreach (var order in Enum.GetValues<ScanOrder>())
        {
            Compare(table, table.Snapshot(long.MaxValue), new ScanRequest { Columns = [4, 0, 1], Order = order });
        }
    }

    [Fact]
    public void Extreme_times_do_not_overflow()
    {
        var random = new Random(6);
        using var table = new RandomTable(random, Schemas.Trades, 5000, 3);
        var times = table.All[0].Writable<long>();
        (times[17], times[2500], times[4999]) = (long.MinValue, long.MaxValue, long.MinValue);
        table.Distribute(random);
        foreach (var order in Enum.GetValues<ScanOrder>())
        {
            Compare(table, table.Snapshot(long.MaxValue), new ScanRequest { Columns = [0, 3], Order = order });
        }
    }

    [Fact]
    public void No_columns_count_rows_and_an_empty_table_has_no_morsel()
    {
        var random = new Random(8);
        using var table = new RandomTable(random, Schemas.Trades, 3000, 3);
        using (
            var none = table
                .Snapshot(long.MaxValue)
                .OpenScan(new ScanRequest { Columns = [0] }, table.Pool, TestContext.Current.CancellationToken)
        )
        {
            Assert.Equal(0, none.MorselCount);
        }

        table.Distribute(random);
        Compare(table, table.Snapshot(long.MaxValue), new ScanRequest { Columns = [] });
    }

    [Fact]
    public void Pruning_is_told_and_cancelling_stops_a_scan()
    {
        var random = new Random(9);
        using var table = new RandomTable(random, Schemas.Trades, 20_000, 20);
        table.Seal([.. Enumerable.Range(0, 10_000)]);
        table.Seal([.. Enumerable.Range(10_000, 10_000)]);
        var snapshot = table.Snapshot(long.MaxValue);
        var request = new ScanRequest
        {
            Columns = [0],
            TimeTo = table.Segments[0].Info.MinTime,
            Symbols = [table.Symbol(0)],
        };
        using var scan = snapshot.OpenScan(request, table.Pool, TestContext.Current.CancellationToken);
        Assert.StartsWith("segments: 1 of 2, vectors: 1 of", scan.Describe()[0], StringComparison.Ordinal);

        using var source = new CancellationTokenSource();
        foreach (var order in Enum.GetValues<ScanOrder>())
        {
            using var cancelled = snapshot.OpenScan(
                new ScanRequest { Columns = [0], Order = order },
                table.Pool,
                source.Token
            );
            using var reader = cancelled.OpenMorsel(0);
            Assert.NotNull(reader.Next());
        }

        source.Cancel();
        using var late = snapshot.OpenScan(new ScanRequest { Columns = [0] }, table.Pool, source.Token);
        using var lateReader = late.OpenMorsel(0);
        Assert.Throws<OperationCanceledException>(() => lateReader.Next());
    }

    [Theory]
    [InlineData(ScanOrder.None, 20_000)]
    [InlineData(ScanOrder.Clustered, 20_000)]
    [InlineData(ScanOrder.None, 64 << 20)]
    public void Morsels_read_by_several_threads_at_once_hold_the_same_rows(ScanOrder order, long cacheBytes)
    {
        var random = new Random(12);
        using var table = new RandomTable(random, Schemas.Trades, 100_000, 50);
        table.Seal([.. Enumerable.Range(0, 90_000)]);
        table.Keep([.. Enumerable.Range(90_000, 10_000)]);
        using var segment = SegmentReader.Open(
            table.Files,
            table.Segments[0].Info.Path,
            new BlockCache(new MemoryBudget(cacheBytes, "blocks"))
        );
        var head = new RowChunk(table.NewBatch(10_000), 10_000);
        head.Rows.AppendRange(table.All, 90_000, 10_000);
        var snapshot = new SnapshotTable(table.Schema, table.Symbols, long.MaxValue, [segment], [head]);
        using var scan = snapshot.OpenScan(
            new ScanRequest { Columns = [4, 2], Order = order },
            table.Pool,
            TestContext.Current.CancellationToken
        );
        Assert.True(scan.MorselCount > 1);
        var found = new HashSet<string>();
        Parallel.For(
            0,
            scan.MorselCount * 4,
            i =>
            {
                // Four readers of each morsel: readers of one scan share nothing that they change.
                var rows = new List<string>();
                using var reader = scan.OpenMorsel(i / 4);
                while (reader.Next() is { } batch)
                {
                    for (var row = 0; row < batch.RowCount; row++)
                    {
                        rows.Add(RandomTable.Text(batch, row, [0, 1]));
                    }
                }

                lock (found)
                {
                    found.UnionWith(rows);
                }
            }
        );
        Assert.Equal(100_000, found.Count);
        var expected = Enumerable
            .Range(0, 100_000)
            .Select(row =>
                $"0{RandomTable.Text(table.All, row, [4])[1..]}1{RandomTable.Text(table.All, row, [2])[1..]}"
            );
        Assert.True(found.SetEquals(expected));
    }

    [Fact]
    public void Requests_that_make_no_sense_are_refused()
    {
        var random = new Random(10);
        using var table = new RandomTable(random, Schemas.NoCluster, 10, 1);
        table.Distribute(random);
        var snapshot = table.Snapshot(long.MaxValue);
        ScanRequest[] requests =
        [
            new() { Columns = [99] },
            new() { Columns = [0], Symbols = [1] },
            new() { Columns = [0], Predicates = [new ScanPredicate { Column = -1, Operator = ScanOperator.Equal }] },
            new() { Columns = [0], Predicates = [new ScanPredicate { Column = 2, Operator = ScanOperator.In }] },
        ];
        foreach (var request in requests)
        {
            var error = Assert.Throws<TickStoreException>(() =>
                snapshot.OpenScan(request, table.Pool, TestContext.Current.CancellationToken)
            );
            Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        }
    }

    private static void Compare(RandomTable table, SnapshotTable snapshot, ScanRequest request)
    {
        var expected = Expected(table, snapshot.SnapshotSequence, request)
            .Select(row => RandomTable.Text(table.All, row, request.Columns))
            .ToList();
        var found = new List<string>();
        var own = Enumerable.Range(0, request.Columns.Count).ToList();
        using var scan = snapshot.OpenScan(request, table.Pool, TestContext.Current.CancellationToken);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            var rows = 0;
            while (reader.Next() is { } batch)
            {
                Assert.InRange(batch.RowCount, 1, Batch.VectorRows);
                for (var row = 0; row < batch.RowCount; row++)
                {
                    found.Add(Named(batch, row, own, request.Columns));
                }

                rows += batch.RowCount;
            }

            Assert.True(rows <= scan.EstimateRows(morsel));
        }

        if (request.Order == ScanOrder.None)
        {
            expected.Sort(StringComparer.Ordinal);
            found.Sort(StringComparer.Ordinal);
        }

        Assert.Equal(expected.Count, found.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(
                expected[i] == found[i],
                $"row {i} under {request.Order}: expected {expected[i]}, found {found[i]}"
            );
        }
    }

    // A batch's columns are numbered by their place in the request, the twin's by their place in the table.
    private static string Named(Batch batch, int row, List<int> own, IReadOnlyList<int> columns)
    {
        var text = string.Empty;
        foreach (var i in own)
        {
            text += $"{columns[i]}{RandomTable.Text(batch, row, [i])[i.ToString().Length..]}";
        }

        return text;
    }

    private static IEnumerable<int> Expected(RandomTable table, long sequence, ScanRequest request)
    {
        var rows = Enumerable
            .Range(0, table.All.RowCount)
            .Where(row => table.Sequence(row) <= sequence)
            .Where(row => request.Symbols is null || request.Symbols.Contains(table.Symbol(row)))
            .Where(row => table.Time(row) >= request.TimeFrom && table.Time(row) <= request.TimeTo)
            .Where(row => request.Predicates.All(p => Holds(table, p, row)));
        return request.Order switch
        {
            ScanOrder.Clustered => rows.OrderBy(table.Symbol).ThenBy(table.Time).ThenBy(table.Sequence),
            ScanOrder.EventTime => rows.OrderBy(table.Time).ThenBy(table.Sequence),
            _ => rows.OrderBy(table.Sequence),
        };
    }

    private static bool Holds(RandomTable table, ScanPredicate predicate, int row)
    {
        var vector = table.All[predicate.Column];
        if (predicate.Operator is ScanOperator.IsNull or ScanOperator.IsNotNull)
        {
            return vector.IsNull(row) == (predicate.Operator == ScanOperator.IsNull);
        }

        if (vector.IsNull(row))
        {
            return false;
        }

        if (predicate.Operator == ScanOperator.In)
        {
            return predicate.Set.ToArray().Contains(table.Long(predicate.Column, row));
        }

        var order = vector.Type.Physical switch
        {
            PhysicalType.Utf8 => vector.Utf8(row).SequenceCompareTo(predicate.Utf8.Span),
            PhysicalType.Float => CompareReal(vector.Values<float>()[row], predicate.Real),
            PhysicalType.Double => CompareReal(vector.Values<double>()[row], predicate.Real),
            _ => table.Long(predicate.Column, row).CompareTo(predicate.Integer),
        };
        return predicate.Operator switch
        {
            ScanOperator.Equal => order == 0,
            ScanOperator.NotEqual => order != 0,
            ScanOperator.Less => order < 0,
            ScanOperator.LessOrEqual => order <= 0,
            ScanOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    // NaN equals NaN and is above all numbers; -0 equals 0.
    private static int CompareReal(double left, double right) =>
        double.IsNaN(left) ? (double.IsNaN(right) ? 0 : 1)
        : double.IsNaN(right) ? -1
        : left < right ? -1
        : left > right ? 1
        : 0;

    private static ScanRequest RandomRequest(Random random, RandomTable table, int symbolCount, ScanOrder order)
    {
        var columnCount = table.Schema.AllColumns.Count;
        var someRow = random.Next(table.All.RowCount);
        var from = random.Next(3) == 0 ? table.Time(random.Next(table.All.RowCount)) : long.MinValue;
        var symbols = Enumerable.Range(0, symbolCount).Where(_ => random.Next(4) == 0).ToArray();
        return new ScanRequest
        {
            Columns = Enumerable
                .Range(0, random.Next(1, 6))
                .Select(_ => random.Next(columnCount))
                .Append(table.Schema.SequenceIndex)
                .ToArray(),
            Order = order,
            Symbols = table.Schema.ClusterColumn >= 0 && random.Next(3) == 0 ? symbols : null,
            TimeFrom = from,
            TimeTo = random.Next(3) == 0 ? table.Time(someRow) : long.MaxValue,
            Predicates = [.. Enumerable.Range(0, random.Next(3)).Select(_ => RandomPredicate(random, table))],
        };
    }

    private static ScanPredicate RandomPredicate(Random random, RandomTable table)
    {
        var column = random.Next(table.Schema.AllColumns.Count);
        var type = table.Schema.AllColumns[column].Type;
        var row = random.Next(table.All.RowCount);
        var comparison = (ScanOperator)random.Next(9);
        var isInteger =
            !type.IsArray
            && type.Physical
                is not (PhysicalType.Utf8 or PhysicalType.Interval or PhysicalType.Float or PhysicalType.Double);
        if (type.IsArray || type.Kind == TypeKind.Interval || (comparison == ScanOperator.In && !isInteger))
        {
            comparison = random.Next(2) == 0 ? ScanOperator.IsNull : ScanOperator.IsNotNull;
        }

        var integer = isInteger ? table.Long(column, row) : 0;
        var real =
            type.Physical == PhysicalType.Double && !type.IsArray ? table.All[column].Values<double>()[row]
            : type.Physical == PhysicalType.Float && !type.IsArray ? table.All[column].Values<float>()[row]
            : 0;
        return new ScanPredicate
        {
            Column = column,
            Operator = comparison,
            Integer = random.Next(10) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : integer,
            Real = random.Next(5) == 0 ? 0.0 : real,
            Utf8 = type.Kind == TypeKind.Varchar ? table.All[column].Utf8(row).ToArray() : default,
            Set =
                isInteger && random.Next(4) > 0
                    ? Enumerable
                        .Range(0, 5)
                        .Select(_ => table.Long(column, random.Next(table.All.RowCount)))
                        .Distinct()
                        .Order()
                        .ToArray()
                    : default,
        };
    }
}
