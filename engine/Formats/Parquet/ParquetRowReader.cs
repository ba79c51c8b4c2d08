using ParquetSharp;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Reads row group after row group, all columns of a slice of rows side by side.</summary>
internal sealed class ParquetRowReader(ImportRequest request, IReadOnlyList<ImportStream> streams)
    : ImportReader(request, streams)
{
    private const int SliceRows = 8192;

    private ParquetInput? input;
    private RowGroupReader? group;
    private ParquetColumn[] columns = [];
    private int nextFile;
    private int nextGroup;
    private long groupRowsLeft;
    private long fileRowsDone;
    private long doneBytes;

    /// <summary>The native reader does not say where it stands, so the rows done tell.</summary>
    public override long BytesRead =>
        doneBytes
        + (
            input is null
                ? 0
                : (long)(input.BytesTotal * ((double)fileRowsDone / Math.Max(input.Reader.FileMetaData.NumRows, 1)))
        );

    protected override bool Fill()
    {
        if (input is null)
        {
            if (nextFile == Request.Files.Count)
            {
                return false;
            }

            input = new ParquetInput(Request.Files[nextFile++]);
            nextGroup = 0;
            fileRowsDone = 0;
            return true;
        }

        if (groupRowsLeft > 0)
        {
            ReadSlice((int)Math.Min(groupRowsLeft, SliceRows));
            return true;
        }

        CloseGroup();
        if (nextGroup < input.Reader.FileMetaData.NumRowGroups)
        {
            OpenGroup(nextGroup++);
            return true;
        }

        doneBytes += input.BytesTotal;
        input.Dispose();
        input = null;
        return true;
    }

    protected override void DisposeInput()
    {
        CloseGroup();
        input?.Dispose();
    }

    private void ReadSlice(int rowCount)
    {
        var batch = BatchOf(0);
        for (var i = 0; i < columns.Length; i++)
        {
            batch[i].EnsureCapacity(batch.RowCount + rowCount);
            var column = columns[i];
            var vector = batch[i];
            input!.Guarded(() => column.Append(vector, rowCount));
        }

        batch.SetRowCount(batch.RowCount + rowCount);
        groupRowsLeft -= rowCount;
        fileRowsDone += rowCount;
    }

    private void OpenGroup(int index)
    {
        group = input!.Guarded(() => input.Reader.RowGroup(index));
        groupRowsLeft = group.MetaData.NumRows;
        var schema = Streams[0].Schema;
        var fileSchema = input.Reader.FileMetaData.Schema;
        var indexes = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < fileSchema.NumColumns; i++)
        {
            if (fileSchema.Column(i).MaxRepetitionLevel > 0 || fileSchema.Column(i).MaxDefinitionLevel > 1)
            {
                Throw.Error(
                    ErrorCode.NotSupported,
                    $"{input.Path}: column {fileSchema.Column(i).Name} is nested; only flat columns are read"
                );
            }

            indexes[fileSchema.Column(i).Name] = i;
        }

        columns = new ParquetColumn[schema.Columns.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = OpenColumn(schema.Columns[i], indexes);
        }

        if (indexes.Count > 0)
        {
            Throw.Error(
                ErrorCode.SchemaMismatch,
                $"{input.Path} has a column {indexes.Keys.First()} that table {schema.Name} lacks"
            );
        }
    }

    // Takes the columns that it uses out of the list, so that what is left over can be told.
    private ParquetColumn OpenColumn(ColumnSchema column, Dictionary<string, int> indexes)
    {
        var readers = new ColumnReader?[column.Type.LevelCount];
        for (var level = 0; level < readers.Length; level++)
        {
            if (indexes.Remove(ParquetTypes.LevelName(column, level), out var index))
            {
                readers[level] = input!.Guarded(() => group!.Column(index));
            }
            else if (!column.Nullable || level > 0)
            {
                Throw.Error(
                    ErrorCode.SchemaMismatch,
                    $"{input!.Path} has no column {ParquetTypes.LevelName(column, level)}"
                );
            }
        }

        return new ParquetColumn(column, readers, Request.Symbols, input!.Path);
    }

    private void CloseGroup()
    {
        Array.ForEach(columns, c => c.Dispose());
        columns = [];
        group?.Dispose();
        group = null;
        groupRowsLeft = 0;
    }
}
