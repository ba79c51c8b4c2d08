using System.Text;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Engine.Views;

/// <summary>The table that an alert writes to: its columns, and how far it has come there.</summary>
internal static class AlertTable
{
    private static readonly ColumnSchema[] Added =
    [
        new("alert", DataType.Varchar, Nullable: false),
        new("op", DataType.Varchar, Nullable: false),
        new("view_seq", DataType.BigInt, Nullable: false),
    ];

    /// <summary>
    /// The table that an alert makes: its own columns, the last of which (when it fired) is the event time, then which alert, what happened
    /// (insert, or delete of a firing that is taken back; one that changes is taken back and told again), and the end of the step in which
    /// it did.
    /// </summary>
    public static TableSchema SchemaOf(ViewDefinition alert)
    {
        var columns = new List<ColumnSchema>();
        for (var i = 0; i < alert.Plan.VisibleCount; i++)
        {
            columns.Add(alert.Plan.Plan.Schema[i] with { Nullable = i < alert.Plan.VisibleCount - 1 });
        }

        return new TableSchema(alert.IntoTable!, [.. columns, .. Added])
        {
            EventTimeColumn = alert.Plan.VisibleCount - 1,
        };
    }

    /// <summary>Makes the table, or checks one that is there. Throws InvalidArgument for other columns. True where it was made.</summary>
    public static bool Prepare(TickDatabase database, ViewDefinition alert)
    {
        var wanted = SchemaOf(alert);
        if (
            database.FindView(wanted.Name) is not null
            || string.Equals(wanted.Name, alert.Name, StringComparison.OrdinalIgnoreCase)
        )
        {
            Throw.Error(ErrorCode.InvalidArgument, $"Alert {alert.Name} cannot write to {wanted.Name}: that is a view");
        }

        if (database.FindTable(wanted.Name) is not { } found)
        {
            database.CreateTable(wanted);
            return true;
        }

        if (!Fits(found, wanted))
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"Alert {alert.Name} cannot write to table {found.Name}: its columns are {Text(found)}; they have to be {Text(wanted)}"
            );
        }

        return false;
    }

    /// <summary>
    /// The greatest <c>view_seq</c> of an alert's rows behind a sequence, or that sequence where there is none. Reads two columns of
    /// the table.
    /// </summary>
    public static long PositionOf(TickDatabase database, ViewDefinition alert, long after)
    {
        using var snapshot = database.OpenSnapshot();
        var source = snapshot.GetTable(alert.IntoTable!);
        var nameColumn = source.Schema.IndexOf("alert");
        var request = new ScanRequest
        {
            Columns = [nameColumn, source.Schema.IndexOf("view_seq")],
            Order = ScanOrder.Sequence,
        };
        var name = Encoding.UTF8.GetBytes(alert.Name);
        var position = after;
        using var scan = source.OpenScan(request, database.Pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    if (batch[0].Utf8(row).SequenceEqual(name))
                    {
                        position = Math.Max(position, batch[1].Values<long>()[row]);
                    }
                }
            }
        }

        return position;
    }

    private static bool Fits(TableSchema found, TableSchema wanted)
    {
        if (found.Columns.Count != wanted.Columns.Count)
        {
            return false;
        }

        for (var i = 0; i < found.Columns.Count; i++)
        {
            var (left, right) = (found.Columns[i], wanted.Columns[i]);
            if (!string.Equals(left.Name, right.Name, StringComparison.OrdinalIgnoreCase) || left.Type != right.Type)
            {
                return false;
            }
        }

        return true;
    }

    private static string Text(TableSchema schema) =>
        string.Join(", ", schema.Columns.Select(c => $"{c.Name} {c.Type}"));
}
