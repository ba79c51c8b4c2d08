using System.Text.Json;
using System.Text.Json.Serialization;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// A mapping file (<c>--map FILE</c>), JSON with comments allowed: how the columns of CSV files become the columns of a
/// table. Unknown properties are refused, so that a misspelt one is noticed.
/// </summary>
internal sealed class CsvMapping
{
    /// <summary>The target columns, in order.</summary>
    public List<CsvMappingColumn> Columns { get; set; } = [];

    /// <summary>True (the default) where the first line holds the names of columns.</summary>
    public bool Header { get; set; } = true;

    /// <summary>One ASCII character that separates fields; a comma by default.</summary>
    public string Delimiter { get; set; } = ",";

    /// <summary>Zone of times without one: <c>UTC</c>, <c>+08:00</c> or <c>America/New_York</c>.</summary>
    public string Timezone { get; set; } = "UTC";

    /// <summary>The day of times of day, such as <c>2023-02-01</c>.</summary>
    public string? Date { get; set; }

    /// <summary>A regular expression whose first group finds the day in the file's (or entry's) path.</summary>
    public string? DateFromPath { get; set; }

    /// <summary>Name of the EVENT TIME column.</summary>
    public string? EventTime { get; set; }

    /// <summary>Name of the RECEIVE TIME column.</summary>
    public string? ReceiveTime { get; set; }

    /// <summary>Name of the CLUSTER BY column.</summary>
    public string? ClusterBy { get; set; }

    /// <summary>Rows to leave out: a row that fits any of these.</summary>
    public List<CsvMappingFilter> Skip { get; set; } = [];

    /// <summary>Reads a mapping file; throws naming the file and the place in it.</summary>
    public static CsvMapping Load(string path)
    {
        using var file = FileStreams.OpenRead(path);
        try
        {
            var mapping = JsonSerializer.Deserialize(file, CsvMappingJson.Default.CsvMapping)!;
            if (mapping.Columns.Count == 0 || mapping.Delimiter.Length != 1 || mapping.Delimiter[0] > 127)
            {
                Throw.Error(
                    ErrorCode.InvalidArgument,
                    $"{path}: a mapping needs at least one column, and a delimiter of one character"
                );
            }

            return mapping;
        }
        catch (JsonException error)
        {
            throw new TickStoreException(ErrorCode.InvalidArgument, $"{path} is not a mapping: {error.Message}", error);
        }
    }

    /// <summary>The table that the mapping describes.</summary>
    public TableSchema ToSchema(string tableName)
    {
        var columns = Columns.ConvertAll(c => new ColumnSchema(
            c.Name,
            TypeName.Parse(c.Type, $"mapping, column {c.Name}"),
            Nullable: !(c.NotNull || IsNamed(c, EventTime) || IsNamed(c, ClusterBy))
        ));
        int Role(string? name, string role)
        {
            var index = name is null ? -1 : Columns.FindIndex(c => IsNamed(c, name));
            return index >= 0 || name is null
                ? index
                : Throw.Error<int>(
                    ErrorCode.InvalidArgument,
                    $"The mapping's {role} names {name}, which is no column of it"
                );
        }

        var schema = new TableSchema(tableName, columns)
        {
            EventTimeColumn = Role(EventTime, "eventTime"),
            ReceiveTimeColumn = Role(ReceiveTime, "receiveTime"),
            ClusterColumn = Role(ClusterBy, "clusterBy"),
        };
        schema.Validate();
        return schema;
    }

    private static bool IsNamed(CsvMappingColumn column, string? name) =>
        string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Where one target column comes from: source, sources, constant or fromPath; exactly one of them.</summary>
internal sealed class CsvMappingColumn
{
    /// <summary>Name of the target column.</summary>
    public required string Name { get; set; }

    /// <summary>Its type.</summary>
    public required string Type { get; set; }

    /// <summary>True for NOT NULL; the event time and cluster columns are so anyway.</summary>
    public bool NotNull { get; set; }

    /// <summary>The source column: its header name, or its number from 1 as text.</summary>
    public string? Source { get; set; }

    /// <summary>The source columns of an array, one a level.</summary>
    public List<string>? Sources { get; set; }

    /// <summary>A value for all rows.</summary>
    public string? Constant { get; set; }

    /// <summary>A regular expression over the file's (or entry's) path; its first group is the value.</summary>
    public string? FromPath { get; set; }

    /// <summary>TIMESTAMP: unit of integers: ns, us, ms or s.</summary>
    public string? Unit { get; set; }

    /// <summary>TIMESTAMP: true where the source is a time of day (or, with a unit, a count since midnight).</summary>
    public bool TimeOfDay { get; set; }

    /// <summary>TIMESTAMP: the column that holds the day of a time of day.</summary>
    public string? DateSource { get; set; }

    /// <summary>TIMESTAMP: zone of this column where it differs from the file's.</summary>
    public string? Timezone { get; set; }

    /// <summary>DECIMAL: a power of ten that integers of the source are divided by; DOUBLE: any divisor.</summary>
    public long DivideBy { get; set; } = 1;

    /// <summary>DECIMAL: values are rounded to a multiple of this.</summary>
    public string? Tick { get; set; }
}

/// <summary>Rows to leave out: the source is empty, or equals a text.</summary>
internal sealed class CsvMappingFilter
{
    /// <summary>The source column: its header name, or its number from 1 as text.</summary>
    public required string Source { get; set; }

    /// <summary>The text that the field must equal.</summary>
    public string? EqualTo { get; set; }

    /// <summary>True to leave out rows where the field is empty.</summary>
    public bool Empty { get; set; }
}

/// <summary>Reading and writing of mapping files, made at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(CsvMapping))]
internal sealed partial class CsvMappingJson : JsonSerializerContext;
