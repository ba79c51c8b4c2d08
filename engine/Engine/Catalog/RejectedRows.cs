using System.Text;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Formats;

namespace TickStore.Engine.Catalog;

/// <summary>
/// The rows that imports refused, kept in a table like any other (law 5: nothing is silent) that shows as
/// <c>ts_catalog.rejected</c>. It is made with the first such row.
/// </summary>
internal sealed class RejectedRows : IRejectSink, IDisposable
{
    /// <summary>Name within the schema.</summary>
    public const string CatalogName = "rejected";

    private static readonly HiddenTable Table = new(
        CatalogName,
        new("table_name", DataType.Varchar, Nullable: false),
        new("source", DataType.Varchar, Nullable: false),
        new("line", DataType.BigInt, Nullable: false),
        new("reason", DataType.Varchar, Nullable: false)
    );

    private readonly TickDatabase database;
    private readonly byte[] table;
    private readonly IRejectSink next;
    private TableAppender? appender;

    /// <summary>Records what an import into <paramref name="table"/> refuses, and hands it on to the caller's file.</summary>
    public RejectedRows(TickDatabase database, string table, IRejectSink next)
    {
        this.database = database;
        this.table = Encoding.UTF8.GetBytes(table);
        this.next = next;
    }

    /// <inheritdoc/>
    public void Reject(string file, long line, string reason, ReadOnlySpan<byte> rawLine)
    {
        next.Reject(file, line, reason, rawLine);
        if (appender is null)
        {
            Table.Ensure(database);
            appender = database.CreateAppender(Table.Name);
        }

        var pending = appender.Pending;
        pending[0].AppendUtf8(table);
        pending[1].AppendUtf8(Encoding.UTF8.GetBytes(file));
        pending[2].EnsureCapacity(pending.RowCount + 1);
        pending[2].Writable<long>()[pending.RowCount] = line;
        pending[2].SetRowCount(pending.RowCount + 1);
        pending[3].AppendUtf8(Encoding.UTF8.GetBytes(reason));
        pending.SetRowCount(pending.RowCount + 1);
        appender.CommitIfFull();
    }

    /// <summary>Commits what was recorded.</summary>
    public void Dispose() => appender?.Dispose();

    /// <summary>All recorded rows, as the contract names their columns.</summary>
    public static PlanNode Read(DatabaseSnapshot snapshot)
    {
        if (snapshot.FindTable(Table.Name) is not { } source)
        {
            return new ValuesNode(new BatchSchema([.. Table.Columns, NoticedAt]), [], Table.Name);
        }

        var scan = new ScanNode(source, new ScanRequest { Columns = [0, 1, 2, 3, source.Schema.IngestTimeIndex] });
        var columns = Enumerable
            .Range(0, 5)
            .Select(i => (BoundExpression)new ColumnExpression(i, scan.Schema[i].Name, scan.Schema[i].Type, false));
        return new ProjectNode(scan, [.. columns], [.. Table.Columns.Select(c => c.Name), NoticedAt.Name]);
    }

    private static ColumnSchema NoticedAt => new("noticed_at", DataType.Timestamp, Nullable: false);
}
