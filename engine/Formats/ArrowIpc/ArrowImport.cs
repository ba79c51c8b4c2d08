using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Arrow record batches to batches of a table, matched by column name (ignoring case) and converted where no value can
/// be lost silently: integers to wider or narrower ones with a range check, times of any unit, decimals of any scale,
/// dictionaries and text to SYMBOL or VARCHAR. Buffers' lengths are checked before they are read.
/// </summary>
public static class ArrowImport
{
    /// <summary>Converts all rows of a record batch.</summary>
    /// <param name="source">Stays the caller's.</param>
    /// <param name="schema">The table; its columns that the source lacks become NULL.</param>
    /// <param name="symbols">Gives the ids of SYMBOL columns.</param>
    /// <param name="pool">Where the new batch, which the caller disposes of, takes its memory from.</param>
    /// <exception cref="TickStoreException">
    /// <see cref="ErrorCode.SchemaMismatch"/> for a column that the table lacks, that is NOT NULL and missing, or whose
    /// type does not fit; <see cref="ErrorCode.NumericOverflow"/>; <see cref="ErrorCode.NullViolation"/>;
    /// <see cref="ErrorCode.MalformedData"/> for buffers that are too short. Messages name column and row.
    /// </exception>
    public static Batch ToBatch(RecordBatch source, TableSchema schema, ISymbolTable symbols, BlockPool pool)
    {
        var batch = Batch.Allocate(schema.ToBatchSchema(), Math.Max(source.Length, 1), pool);
        try
        {
            AppendTo(source, schema, symbols, batch);
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="ToBatch"/>, behind the rows that a batch of the table's schema holds already.</summary>
    public static void AppendTo(RecordBatch source, TableSchema schema, ISymbolTable symbols, Batch target)
    {
        foreach (var field in source.Schema.FieldsList)
        {
            var index = schema.IndexOf(field.Name);
            if (index < 0 || index >= schema.Columns.Count)
            {
                Throw.Error(ErrorCode.SchemaMismatch, $"Table {schema.Name} has no column {field.Name} to append to");
            }
        }

        for (var i = 0; i < schema.Columns.Count; i++)
        {
            var column = schema.Columns[i];
            var at = FindField(source.Schema, column.Name);
            var vector = target[i];
            vector.EnsureCapacity(vector.RowCount + source.Length);
            if (at < 0)
            {
                AppendNulls(column, vector, source.Length, schema.Name);
                continue;
            }

            try
            {
                new ArrowColumnReader(column, symbols).Append(source.Column(at), vector);
            }
            catch (Exception error)
                when (error is ArgumentException or IndexOutOfRangeException or InvalidCastException)
            {
                throw new TickStoreException(
                    ErrorCode.MalformedData,
                    $"Arrow column {column.Name}: its buffers are shorter than its length says",
                    error
                );
            }
        }

        target.SetRowCount(target.RowCount + source.Length);
    }

    private static int FindField(Schema schema, string name)
    {
        for (var i = 0; i < schema.FieldsList.Count; i++)
        {
            if (string.Equals(schema.FieldsList[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static void AppendNulls(ColumnSchema column, ColumnVector vector, int rowCount, string table)
    {
        if (!column.Nullable)
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"Table {table}: column {column.Name} is NOT NULL, and the Arrow batch lacks it"
            );
        }

        for (var row = 0; row < rowCount; row++)
        {
            vector.AppendNull();
        }
    }
}
