using TickStore.Core;

namespace TickStore.Execution;

/// <summary>What is done with whole key tables.</summary>
internal static class KeyTables
{
    /// <summary>A table with some of the keys of another one, numbered from 0 in the order given.</summary>
    /// <param name="table">Stays as it is.</param>
    /// <param name="types">Types of its keys.</param>
    /// <param name="numbers">The keys wanted, each once.</param>
    /// <param name="pool">Lends the memory.</param>
    public static KeyTable Keep(KeyTable table, IReadOnlyList<KeyType> types, ReadOnlySpan<int> numbers, BlockPool pool)
    {
        var kept = KeyTable.Create(types, pool);
        var columns = new ColumnVector[types.Count];
        var assigned = new int[Batch.VectorRows];
        try
        {
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = ColumnVector.Allocate(types[i].Type, Batch.VectorRows, pool);
            }

            for (var start = 0; start < numbers.Length; start += Batch.VectorRows)
            {
                var chunk = numbers.Slice(start, Math.Min(Batch.VectorRows, numbers.Length - start));
                for (var i = 0; i < columns.Length; i++)
                {
                    columns[i].SetRowCount(0);
                    VectorCopy.AppendGather(table.Keys[i], chunk, columns[i]);
                }

                kept.Assign(columns, chunk.Length, assigned);
            }
        }
        catch
        {
            kept.Dispose();
            throw;
        }
        finally
        {
            foreach (var column in columns)
            {
                column?.Dispose();
            }
        }

        return kept;
    }
}
