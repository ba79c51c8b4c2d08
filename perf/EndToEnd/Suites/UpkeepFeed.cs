using System.Text;
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.EndToEnd.Suites;

/// <summary>
/// A second's rows of one table, a million of 2,000 symbols, as views get them; moved on in time after each round. Every quote lies
/// half way before a tick of its symbol.
/// </summary>
internal sealed class UpkeepFeed : IDisposable
{
    /// <summary>Rows of a round.</summary>
    public const int RowCount = 1 << 20;

    /// <summary>Symbols, named from 600000 on.</summary>
    public const int SymbolCount = 2000;

    /// <summary>Where event time begins.</summary>
    public const string Start = "2026-03-02 09:30:00";

    private const long TickNanos = 1000;

    private readonly ViewGroup.TableInput input;
    private readonly TableSchema schema;
    private readonly Batch rows;
    private readonly Batch view;

    /// <summary>Makes the rows.</summary>
    /// <param name="database">Has the table.</param>
    /// <param name="input">The table as the group takes it.</param>
    /// <param name="symbolCount">How many symbols have rows.</param>
    /// <param name="symbolStep">From one of them to the next.</param>
    public UpkeepFeed(TickDatabase database, ViewGroup.TableInput input, int symbolCount, int symbolStep)
    {
        this.input = input;
        schema = database.FindTable(input.Clock.Table)!;
        rows = Batch.Allocate(new BatchSchema([.. schema.AllColumns]), RowCount, database.Pool);
        view = Batch.CreateView(rows.Schema);
        var symbols = new int[SymbolCount];
        for (var i = 0; i < symbols.Length; i++)
        {
            symbols[i] = database.Symbols.Intern(Encoding.UTF8.GetBytes($"{600_000 + i}"));
        }

        var chosen = new Random(11);
        var random = new Random(12);
        var isQuotes = schema.Name == "quotes";
        var start = TickTime.Parse(Start).NanosSinceEpoch;
        for (var row = 0; row < RowCount; row++)
        {
            var symbol = chosen.Next(symbolCount) * symbolStep;
            var price = 1000 + (symbol * 10) + random.Next(20);
            rows[0].Writable<long>()[row] = start + (row * TickNanos) - (isQuotes ? TickNanos / 2 : 0);
            rows[1].Writable<int>()[row] = symbols[symbol];
            rows[2].Writable<long>()[row] = price;
            if (isQuotes)
            {
                rows[3].Writable<long>()[row] = price + 1;
            }
            else
            {
                rows[3].Writable<int>()[row] = 100 * (1 + random.Next(9));
            }

            rows[schema.IngestTimeIndex].Writable<long>()[row] = start;
            rows[schema.LateIndex].Writable<byte>()[row] = 0;
        }

        for (var i = 0; i < rows.ColumnCount; i++)
        {
            rows[i].SetRowCount(RowCount);
        }

        rows.SetRowCount(RowCount);
    }

    /// <summary>Pushes rows from an index on, with the next sequences. Returns how many.</summary>
    public int Push(ViewGroup group, int start, int stepRows, ref long sequence)
    {
        var count = Math.Min(stepRows, RowCount - start);
        var sequences = rows[schema.SequenceIndex].Writable<long>().Slice(start, count);
        for (var i = 0; i < sequences.Length; i++)
        {
            sequences[i] = ++sequence;
        }

        view.Borrow(rows, start, count);
        group.Push(input, view, sequence);
        return count;
    }

    /// <summary>Puts all rows a round later.</summary>
    public void MoveOn()
    {
        foreach (ref var time in rows[0].Writable<long>()[..RowCount])
        {
            time += RowCount * TickNanos;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();
}
