using System.Text;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Engine.Catalog;

/// <summary>
/// The calendars that statements made, as rows of a hidden table: so they are in the log, at their place in the order of everything, and
/// durable like all else. The last row of a name counts.
/// </summary>
internal sealed class CalendarRows(TickDatabase database)
{
    /// <summary>Name within the schema.</summary>
    public const string CatalogName = "calendars";

    private const string TableName = CatalogTables.Schema + CatalogName;

    private static readonly TableSchema Schema = new(
        TableName,
        [
            new("name", DataType.Varchar, Nullable: false),
            new("definition", DataType.Varchar, Nullable: false),
            new("is_dropped", DataType.Boolean, Nullable: false),
        ]
    )
    {
        Partition = PartitionUnit.None,
    };

    private readonly Lock gate = new();
    private SortedDictionary<string, TradingCalendar>? known;

    /// <summary>Those there are, by name.</summary>
    public IReadOnlyList<TradingCalendar> All
    {
        get
        {
            lock (gate)
            {
                return [.. Known().Values];
            }
        }
    }

    /// <summary>One of them, or one of the system's; null where there is none of that name (case is ignored).</summary>
    public TradingCalendar? Find(string name)
    {
        if (BuiltInCalendars.Find(name) is { } builtIn)
        {
            return builtIn;
        }

        lock (gate)
        {
            return Known().GetValueOrDefault(name);
        }
    }

    /// <summary>Adds one, durably. Throws AlreadyExists.</summary>
    public void Add(TradingCalendar calendar)
    {
        lock (gate)
        {
            if (BuiltInCalendars.Find(calendar.Name) is not null || Known().ContainsKey(calendar.Name))
            {
                Throw.Error(ErrorCode.AlreadyExists, $"Calendar {calendar.Name} exists already");
            }

            Append(calendar.Name, CalendarText.Write(calendar), isDropped: false);
            Known().Add(calendar.Name, calendar);
        }
    }

    /// <summary>Takes one out, durably. Throws UnknownName, and InvalidArgument for one of the system's.</summary>
    public void Remove(string name)
    {
        lock (gate)
        {
            if (BuiltInCalendars.Find(name) is not null)
            {
                Throw.Error(ErrorCode.InvalidArgument, $"Calendar {name} belongs to the system");
            }

            if (!Known().ContainsKey(name))
            {
                Throw.Error(ErrorCode.UnknownName, $"There is no calendar {name}");
            }

            Append(name, string.Empty, isDropped: true);
            Known().Remove(name);
        }
    }

    private SortedDictionary<string, TradingCalendar> Known() => known ??= Read();

    private SortedDictionary<string, TradingCalendar> Read()
    {
        var found = new SortedDictionary<string, TradingCalendar>(StringComparer.OrdinalIgnoreCase);
        using var snapshot = database.OpenSnapshot();
        if (snapshot.FindTable(TableName) is not { } source)
        {
            return found;
        }

        var request = new ScanRequest { Columns = [0, 1, 2], Order = ScanOrder.Sequence };
        using var scan = source.OpenScan(request, database.Pool, CancellationToken.None);
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    var name = Encoding.UTF8.GetString(batch[0].Utf8(row));
                    found.Remove(name);
                    if (batch[2].Values<byte>()[row] == 0)
                    {
                        found.Add(name, CalendarText.Read(name, Encoding.UTF8.GetString(batch[1].Utf8(row))));
                    }
                }
            }
        }

        return found;
    }

    private void Append(string name, string definition, bool isDropped)
    {
        if (database.FindTable(TableName) is null)
        {
            database.CreateTable(Schema);
        }

        using var rows = Batch.Allocate(Schema.ToBatchSchema(), 1, database.Pool);
        ConstantValue[] values = [ConstantValue.Of(name), ConstantValue.Of(definition), ConstantValue.Of(isDropped)];
        for (var i = 0; i < values.Length; i++)
        {
            ConstantColumns.Append(values[i], rows[i], symbols: null);
        }

        rows.SetRowCount(1);
        database.Commit(TableName, rows, durability: Storage.Durability.Fsync);
    }
}
