using TickStore.Core;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming;

/// <summary>Plays the rows of one database into another, in small commits as a feed would, in exact order.</summary>
internal sealed class LiveFeed(TickDatabase source, TickDatabase target, string[] tables)
{
    private readonly List<(int Table, Batch Rows)> pending = [];
    private int pendingCount;
    private long seen;

    /// <summary>Rows committed so far.</summary>
    public long RowCount { get; private set; }

    /// <summary>Called after each commit.</summary>
    public Action<CommitResult>? Committed { get; init; }

    /// <summary>How many of the first rows are left out.</summary>
    public int Skip { get; init; }

    /// <summary>How many rows are committed at most.</summary>
    public int Take { get; init; } = int.MaxValue;

    /// <summary>The <c>_seq</c> of rows of the source that are left out.</summary>
    public HashSet<long> LeftOut { get; init; } = [];

    /// <summary>Makes the source's tables in the target.</summary>
    public void CreateTables()
    {
        foreach (var table in tables)
        {
            target.CreateTable(source.FindTable(table)!);
        }
    }

    /// <summary>Commits all rows, 1 to <paramref name="rowsMax"/> at a time.</summary>
    public void Run(ReplayOrder order, Random grouping, int rowsMax)
    {
        using var replay = source.Replay(tables, order: order);
        var wanted = 1 + grouping.Next(rowsMax);
        replay.Run(block =>
        {
            foreach (var run in block.Runs)
            {
                var rows = block.TableBatch(run.Table);
                for (var row = run.StartRow; row < run.StartRow + run.RowCount; row++)
                {
                    var sequence = rows[target.FindTable(tables[run.Table])!.SequenceIndex].Values<long>()[row];
                    if (seen++ < Skip || seen > Skip + (long)Take || LeftOut.Contains(sequence))
                    {
                        continue;
                    }

                    Add(run.Table, rows, row);
                    if (pendingCount >= wanted)
                    {
                        Commit();
                        wanted = 1 + grouping.Next(rowsMax);
                    }
                }
            }
        });
        Commit();
    }

    private void Add(int table, Batch rows, int row)
    {
        // A commit numbers the rows of a table together: a table that comes again begins the next commit.
        if (pending.Count > 0 && pending[^1].Table != table && pending.Exists(p => p.Table == table))
        {
            Commit();
        }

        if (pending.Count == 0 || pending[^1].Table != table)
        {
            pending.Add((table, Batch.Allocate(target.FindTable(tables[table])!.ToBatchSchema(), 16, target.Pool)));
        }

        var to = pending[^1].Rows;
        for (var column = 0; column < to.ColumnCount; column++)
        {
            if (to[column].Type.Kind == TypeKind.Symbol && !rows[column].IsNull(row))
            {
                // The databases number their symbols each for itself.
                to[column].EnsureCapacity(to.RowCount + 1);
                to[column].Writable<int>()[to.RowCount] = target.Symbols.Intern(
                    source.Symbols.Utf8(rows[column].Values<int>()[row])
                );
                to[column].SetRowCount(to.RowCount + 1);
            }
            else
            {
                VectorCopy.AppendRange(rows[column], row, 1, to[column]);
            }
        }

        to.SetRowCount(to.RowCount + 1);
        pendingCount++;
    }

    private void Commit()
    {
        if (pendingCount == 0)
        {
            return;
        }

        var result = target.Commit([.. pending.Select(p => (tables[p.Table], p.Rows))]);
        RowCount += pendingCount;
        foreach (var (_, rows) in pending)
        {
            rows.Dispose();
        }

        pending.Clear();
        pendingCount = 0;
        Committed?.Invoke(result);
    }
}
