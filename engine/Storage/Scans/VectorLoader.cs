using TickStore.Core;
using TickStore.Storage.Segments;

namespace TickStore.Storage.Scans;

/// <summary>
/// One vector at a time for one thread: a column is decoded when it is first asked for, so that columns of vectors
/// without a surviving row are never decoded.
/// </summary>
internal sealed class VectorLoader : IDisposable
{
    private readonly LoadedColumn[] columns;
    private readonly VectorScratch scratch = new();
    private ScanRun? run;
    private int vector;
    private long generation;

    public VectorLoader(TableSchema schema, BlockPool pool)
    {
        columns = new LoadedColumn[schema.AllColumns.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new LoadedColumn(schema.AllColumns[i].Type, pool);
        }
    }

    /// <summary>Goes to a vector; stays where it is if it is there already.</summary>
    public void MoveTo(ScanRun newRun, int newVector)
    {
        if (!ReferenceEquals(run, newRun) || vector != newVector)
        {
            (run, vector) = (newRun, newVector);
            generation++;
        }
    }

    /// <summary>A column of the current vector, valid until the next move.</summary>
    public ColumnVector Column(int column)
    {
        var slot = columns[column];
        if (slot.Generation != generation)
        {
            slot.Current = run!.Load(vector, column, slot, scratch);
            slot.Generation = generation;
        }

        return slot.Current;
    }

    public void Dispose()
    {
        foreach (var column in columns)
        {
            column.Dispose();
        }

        generation++;
    }
}

/// <summary>Where a loader keeps a column: memory of its own, taken when first needed, or a view.</summary>
internal sealed class LoadedColumn(DataType type, BlockPool pool) : IDisposable
{
    private ColumnVector? owned;

    public ColumnVector View { get; } = ColumnVector.CreateView(type);

    public ColumnVector Current { get; set; } = null!;

    public long Generation { get; set; } = -1;

    public ColumnVector Owned() => owned ??= ColumnVector.Allocate(type, Batch.VectorRows, pool);

    public void Dispose()
    {
        owned?.Dispose();
        owned = null;
    }
}
