using System.Text;
using TickStore.Core;
using TickStore.Storage;
using TickStore.Streaming;

namespace TickStore.Tests.Streaming.Law;

/// <summary>Rows of a market put into a database, in their order, in commits of any grouping.</summary>
internal sealed class LawCommits(TickDatabase database, LawMarket market)
{
    /// <summary>How many rows of the market have been committed.</summary>
    public int Done { get; private set; }

    /// <summary>What each commit waits for; null for the database's default.</summary>
    public Durability? Durability { get; set; }

    /// <summary>Makes the tables.</summary>
    public static void CreateTables(TickDatabase database) => database.Execute(LawMarket.Tables);

    /// <summary>Carries on after rows that the database has already.</summary>
    public void ContinueFrom(int done) => Done = done;

    /// <summary>
    /// Commits the next rows up to an index. Commits have 1 to <paramref name="rowsMax"/> rows, now and then none; one that goes over
    /// several tables has each of them once, for the rows of a table are numbered together.
    /// </summary>
    public void CommitUntil(int end, Random grouping, int rowsMax)
    {
        while (Done < end)
        {
            CommitSome(Math.Min(end, Done + 1 + grouping.Next(rowsMax)));
            if (grouping.Next(20) == 0)
            {
                using var none = Batch.Allocate(database.FindTable("quotes")!.ToBatchSchema(), 1, database.Pool);
                database.Commit("quotes", none);
            }
        }
    }

    /// <summary>As <see cref="CommitUntil"/>, with the rows that an INGEST replay of a database with the same rows gives.</summary>
    public void ReplayUntil(TickDatabase source, int end, Random grouping, int rowsMax)
    {
        var feed = new LiveFeed(source, database, LawMarket.Names) { Skip = Done, Take = end - Done };
        feed.Run(ReplayOrder.Ingest, grouping, rowsMax);
        Done = end;
    }

    private void CommitSome(int end)
    {
        var batches = new List<(string Table, Batch Rows)>();
        try
        {
            var from = Done;
            while (from < end)
            {
                var table = market.Rows[from].Table;
                if (batches.Any(b => b.Table == LawMarket.Names[table]))
                {
                    break;
                }

                var to = from + 1;
                while (to < end && market.Rows[to].Table == table)
                {
                    to++;
                }

                batches.Add((LawMarket.Names[table], Fill(table, from, to)));
                from = to;
            }

            database.Commit(batches, durability: Durability);
            Done = from;
        }
        finally
        {
            foreach (var (_, rows) in batches)
            {
                rows.Dispose();
            }
        }
    }

    private Batch Fill(int table, int from, int to)
    {
        var batch = Batch.Allocate(
            database.FindTable(LawMarket.Names[table])!.ToBatchSchema(),
            to - from,
            database.Pool
        );
        for (var column = 0; column < batch.ColumnCount; column++)
        {
            for (var row = from; row < to; row++)
            {
                Append(batch[column], market.Rows[row].Values[column]);
            }
        }

        batch.SetRowCount(to - from);
        return batch;
    }

    private void Append(ColumnVector vector, object? value)
    {
        var row = vector.RowCount;
        if (value is null)
        {
            vector.AppendNull();
            return;
        }

        if (vector.Type.Kind == TypeKind.Varchar)
        {
            vector.AppendUtf8(Encoding.UTF8.GetBytes((string)value));
            return;
        }

        switch (value)
        {
            case string text:
                vector.Writable<int>()[row] = database.Symbols.Intern(Encoding.UTF8.GetBytes(text));
                break;
            case long number:
                vector.Writable<long>()[row] = number;
                break;
            case int number:
                vector.Writable<int>()[row] = number;
                break;
            case double number:
                vector.Writable<double>()[row] = number;
                break;
            default:
                throw new ArgumentException($"A market holds no {value.GetType()}.", nameof(value));
        }

        vector.SetRowCount(row + 1);
    }
}
