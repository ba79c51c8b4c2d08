using TickStore.Core;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Statements;

/// <summary>CREATE TABLE to a schema. Every clause that does not fit is refused where it stands.</summary>
internal static class TableDefinitions
{
    /// <summary>The schema. A column with a role that needs NOT NULL has it, written or not.</summary>
    public static TableSchema Bind(string sql, CreateTableStatement create)
    {
        CheckName(sql, create.Name);
        var columns = Columns(sql, create);
        var eventTime = Role(sql, columns, create.EventTime?.Column, TypeKind.Timestamp, "EVENT TIME", notNull: true);
        var receiveTime = Role(sql, columns, create.ReceiveTime, TypeKind.Timestamp, "RECEIVE TIME", notNull: false);
        if (create.ClusterBy.Count > 1)
        {
            throw SqlError.At(ErrorCode.NotSupported, sql, create.ClusterBy[1].Span, "CLUSTER BY takes one column");
        }

        var cluster = Role(
            sql,
            columns,
            create.ClusterBy.Count > 0 ? create.ClusterBy[0] : null,
            TypeKind.Symbol,
            "CLUSTER BY",
            notNull: true
        );
        CheckAvailableAt(sql, create, columns, eventTime, receiveTime);
        return Pointing(
            sql,
            create.Name.Span,
            () =>
            {
                var schema = new TableSchema(create.Name.Name, columns)
                {
                    EventTimeColumn = eventTime,
                    LatenessNanos = Lateness(sql, create.EventTime),
                    ReceiveTimeColumn = receiveTime,
                    ClusterColumn = cluster,
                    Partition = create.PartitionBy ?? PartitionUnit.Day,
                };
                schema.Validate();
                return schema;
            }
        );
    }

    /// <summary>The name of a table that statements may write to; the catalog's schema is refused.</summary>
    public static string CheckName(string sql, QualifiedName name)
    {
        if (name.Parts.Count > 1 && name.Parts[^2].Name is not ("public" or "main"))
        {
            throw SqlError.At(
                ErrorCode.NotSupported,
                sql,
                name.Span,
                $"tables are in schema \"public\" only, not in \"{name.Parts[^2].Name}\""
            );
        }

        return name.Name;
    }

    private static ColumnSchema[] Columns(string sql, CreateTableStatement create)
    {
        var columns = new ColumnSchema[create.Columns.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var definition = create.Columns[i];
            var name = definition.Name.Name;
            if (columns.Take(i).Any(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                throw SqlError.At(
                    ErrorCode.InvalidArgument,
                    sql,
                    definition.Name.Span,
                    $"column \"{name}\" is declared twice"
                );
            }

            if (name is "_seq" or "_ingest_ts" or "_late")
            {
                throw SqlError.At(
                    ErrorCode.InvalidArgument,
                    sql,
                    definition.Name.Span,
                    $"every table has the system column \"{name}\"; choose another name"
                );
            }

            columns[i] = new ColumnSchema(name, TypeNames.Resolve(sql, definition.Type), !definition.NotNull);
        }

        return columns;
    }

    private static int Role(
        string sql,
        ColumnSchema[] columns,
        Identifier? name,
        TypeKind kind,
        string role,
        bool notNull
    )
    {
        if (name is null)
            return -1;
        var index = Array.FindIndex(columns, c => string.Equals(c.Name, name.Name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            throw SqlError.At(
                ErrorCode.UnknownName,
                sql,
                name.Span,
                $"{role}: the table has no column "
                    + $"\"{name.Name}\"{NearestName.Hint(name.Name, columns.Select(c => c.Name))}"
            );
        }

        if (columns[index].Type.Kind != kind || columns[index].Type.IsArray)
        {
            throw SqlError.At(
                ErrorCode.TypeMismatch,
                sql,
                name.Span,
                $"{role} needs a {kind.ToString().ToUpperInvariant()} column; \"{name.Name}\" is "
                    + $"{columns[index].Type}"
            );
        }

        if (notNull)
            columns[index] = columns[index] with { Nullable = false };
        return index;
    }

    private static void CheckAvailableAt(
        string sql,
        CreateTableStatement create,
        ColumnSchema[] columns,
        int eventTime,
        int receiveTime
    )
    {
        if (create.AvailableAt is not { } name)
            return;
        var implied = receiveTime >= 0 ? receiveTime : eventTime;
        var index = Role(sql, columns, name, TypeKind.Timestamp, "AVAILABLE AT", notNull: false);
        if (index != implied)
        {
            throw SqlError.At(
                ErrorCode.NotSupported,
                sql,
                name.Span,
                "AVAILABLE AT is not available but for its default: the receive time, else the event time"
            );
        }
    }

    private static long Lateness(string sql, EventTimeClause? clause)
    {
        if (clause?.Lateness is not { } literal)
            return 0;
        return literal.Value.TryGetNanos(out var nanos) && nanos >= 0
            ? nanos
            : throw SqlError.At(
                ErrorCode.InvalidArgument,
                sql,
                literal.Span,
                "LATENESS is a fixed span that is not negative, such as 5s"
            );
    }

    private static T Pointing<T>(string sql, SourceSpan span, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (TickStoreException error) when (error.SqlPosition < 0)
        {
            throw SqlError.At(error.Code, sql, span, error.Message);
        }
    }
}
