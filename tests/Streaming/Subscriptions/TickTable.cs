// Proves nothing by itself: a database with one table of numbered ticks, and what subscribers saw of it as text.
using System.Globalization;
using TickStore.Core;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming;

/// <summary>A table ticks (ts, sym, px, qty) whose quantities count up, so that a gap or a duplicate shows.</summary>
internal sealed class TickTable(TickDatabase database) : IDisposable
{
    private static readonly string[] Names = ["A", "B", "C", "D", "E"];
    private int next;

    public TickDatabase Database => database;

    /// <summary>The number of the next tick, of a table that has some already.</summary>
    public int Next
    {
        init => next = value;
    }

    public static TickTable Create(TickDatabase? database = null)
    {
        database ??= TickDatabase.OpenInMemory();
        database.Execute(
            """
            CREATE TABLE ticks (ts TIMESTAMP NOT NULL, sym SYMBOL NOT NULL, px DECIMAL(18,4), qty BIGINT)
            EVENT TIME ts CLUSTER BY (sym) PARTITION BY DAY
            """
        );
        return new TickTable(database);
    }

    /// <summary>Commits rows, numbered on from the last, a second apart.</summary>
    public long Commit(int count, TickStore.Storage.Durability? durability = null)
    {
        using var rows = Batch.Allocate(database.FindTable("ticks")!.ToBatchSchema(), count, database.Pool);
        for (var i = 0; i < count; i++, next++)
        {
            rows[0].Writable<long>()[i] = next * 1_000_000_000L;
            rows[1].Writable<int>()[i] = database.Symbols.Intern(System.Text.Encoding.UTF8.GetBytes(Names[next % 5]));
            rows[2].Writable<long>()[i] = 10_000 + (next % 7);
            rows[3].Writable<long>()[i] = next;
        }

        for (var c = 0; c < rows.ColumnCount; c++)
        {
            rows[c].SetRowCount(count);
        }

        rows.SetRowCount(count);
        return database.Commit("ticks", rows, durability: durability).LastSequence;
    }

    /// <summary>Everything that can be read now: operation, then the visible columns.</summary>
    public static List<string> Drain(Subscription subscription)
    {
        var found = new List<string>();
        while (subscription.TryRead() is { } block)
        {
            Append(block, found);
        }

        return found;
    }

    /// <summary>As the other form, up to the error that ends the subscription.</summary>
    public static List<string> DrainToError(Subscription subscription, out TickStoreException? error)
    {
        var found = new List<string>();
        try
        {
            while (subscription.TryRead() is { } block)
            {
                Append(block, found);
            }

            error = null;
        }
        catch (TickStoreException e)
        {
            error = e;
        }

        return found;
    }

    public static void Append(ChangeBlock block, List<string> found)
    {
        if (block.Kind != ChangeBlockKind.Changes)
        {
            found.Add(string.Create(CultureInfo.InvariantCulture, $"{block.Kind} {block.Sequence}"));
            return;
        }

        for (var row = 0; row < block.RowCount; row++)
        {
            var cells = new List<string>();
            for (var c = 0; c < block.VisibleCount; c++)
            {
                cells.Add(VectorTextWriter.ToText(block.Rows[c], row, block.Symbols) ?? "-");
            }

            found.Add($"{char.ToLowerInvariant(block.Ops[row].ToString()[0])} {string.Join(' ', cells)}");
        }
    }

    public void Dispose() => database.Dispose();
}
