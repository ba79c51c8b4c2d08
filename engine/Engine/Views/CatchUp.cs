using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Engine.Views;

/// <summary>
/// Brings a group of views from its frontier to a snapshot: reads the rows in between from the tables, in the order of <c>_seq</c>, and
/// steps at ends of commits. The one way in which a view gets rows that it has not seen live: when it is made, after a restart, or when it
/// fell behind. Grouping does not matter to a view (law 2), so steps are large.
/// </summary>
internal sealed class CatchUp : IDisposable
{
    // Large enough that a step's fixed costs vanish, small enough that states do not hold too many rows of one input before the others'.
    private const int StepRowsMin = 16 * 1024;

    private readonly ViewGroup group;
    private readonly DatabaseSnapshot snapshot;
    private readonly List<Cursor> cursors = [];

    /// <summary>Plans the reading; nothing is read yet.</summary>
    /// <param name="group">Whose frontier moves on.</param>
    /// <param name="snapshot">Where to.</param>
    /// <param name="pool">For the scans.</param>
    /// <param name="isWanted">The tables whose rows are read; null for all.</param>
    /// <param name="fromNanos">Rows of an earlier event time are passed over.</param>
    public CatchUp(
        ViewGroup group,
        DatabaseSnapshot snapshot,
        BlockPool pool,
        Func<ViewGroup.TableInput, bool>? isWanted = null,
        long fromNanos = long.MinValue
    )
    {
        (this.group, this.snapshot) = (group, snapshot);
        try
        {
            foreach (var table in group.Tables)
            {
                if (isWanted is null || isWanted(table))
                {
                    Open(table.Clock.Table, table, pool, fromNanos);
                }
            }

            Open(MarkTable.Name, null, pool, long.MinValue);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Reads everything.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var pushed = 0;
        while (Least() is { } next)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // All rows before the row that ends the shortest batch may go, table by table.
            var limit = long.MaxValue;
            foreach (var cursor in cursors)
            {
                limit = Math.Min(limit, cursor.LastSequence);
            }

            lock (group.Stepping)
            {
                foreach (var cursor in cursors)
                {
                    pushed += cursor.PushThrough(limit, group);
                }
            }

            if (pushed >= StepRowsMin && Least() is { } following && following.IngestNanos != LastIngestNanos())
            {
                // Whatever other tables have of the last commit lies before the next one's first row.
                lock (group.Stepping)
                {
                    group.Step(following.Sequence - 1);
                }

                pushed = 0;
            }
        }

        lock (group.Stepping)
        {
            group.Step(snapshot.Sequence);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cursor in cursors)
        {
            cursor.Dispose();
        }
    }

    private void Open(string table, ViewGroup.TableInput? input, BlockPool pool, long fromNanos)
    {
        if (snapshot.FindTable(table) is { } source)
        {
            cursors.Add(new Cursor(source, input, group.Frontier, fromNanos, pool));
        }
    }

    private (long Sequence, long IngestNanos)? Least()
    {
        (long Sequence, long IngestNanos)? least = null;
        foreach (var cursor in cursors)
        {
            if (cursor.HasRow && (least is null || cursor.NextSequence < least.Value.Sequence))
            {
                least = (cursor.NextSequence, cursor.NextIngestNanos);
            }
        }

        return least;
    }

    private long LastIngestNanos()
    {
        var last = long.MinValue;
        foreach (var cursor in cursors)
        {
            last = Math.Max(last, cursor.LastIngestNanos);
        }

        return last;
    }

    private sealed class Cursor : IDisposable
    {
        private readonly ViewGroup.TableInput? input;
        private readonly ITableScan scan;
        private readonly IBatchReader? reader;
        private readonly int sequenceColumn;
        private readonly Batch view;
        private Batch? batch;
        private int next;

        public Cursor(
            ITableSource source,
            ViewGroup.TableInput? input,
            long afterSequence,
            long fromNanos,
            BlockPool pool
        )
        {
            this.input = input;
            var schema = source.Schema;
            sequenceColumn = schema.SequenceIndex;
            scan = source.OpenScan(
                new ScanRequest
                {
                    Columns = [.. Enumerable.Range(0, schema.AllColumns.Count)],
                    Order = ScanOrder.Sequence,
                    TimeFrom = fromNanos,
                    Predicates =
                    [
                        new()
                        {
                            Column = sequenceColumn,
                            Operator = ScanOperator.Greater,
                            Integer = afterSequence,
                        },
                    ],
                },
                pool,
                CancellationToken.None
            );
            view = Batch.CreateView(scan.Schema);
            reader = scan.MorselCount == 0 ? null : scan.OpenMorsel(0);
            LastIngestNanos = long.MinValue;
            Advance();
        }

        public bool HasRow => batch is not null;

        public long NextSequence => batch![sequenceColumn].Values<long>()[next];

        public long NextIngestNanos => batch![sequenceColumn + 1].Values<long>()[next];

        /// <summary>Time stamp of the last row pushed.</summary>
        public long LastIngestNanos { get; private set; }

        /// <summary>Sequence of the last row at hand; beyond everything where there is none.</summary>
        public long LastSequence => batch is null ? long.MaxValue : batch[sequenceColumn].Values<long>()[^1];

        public int PushThrough(long sequence, ViewGroup group)
        {
            var pushed = 0;
            while (batch is not null)
            {
                var sequences = batch[sequenceColumn].Values<long>();
                var end = next;
                while (end < sequences.Length && sequences[end] <= sequence)
                {
                    end++;
                }

                if (end == next)
                {
                    break;
                }

                view.Borrow(batch, next, end - next);
                LastIngestNanos = view[sequenceColumn + 1].Values<long>()[^1];
                Push(group);
                pushed += end - next;
                next = end;
                if (next == batch.RowCount)
                {
                    Advance();
                    continue;
                }

                break;
            }

            return pushed;
        }

        public void Dispose()
        {
            reader?.Dispose();
            scan.Dispose();
        }

        private void Push(ViewGroup group)
        {
            if (input is not null)
            {
                group.Push(input, view, stepSequence: -1);
                return;
            }

            MarkTable.ForEach(view, group.Mark);
        }

        private void Advance()
        {
            batch = reader?.Next();
            next = 0;
        }
    }
}
