using DuckDB.NET.Data;

namespace TickStore.EndToEnd.Engines.DuckDb;

/// <summary>
/// What a table takes: its file, whole; each column by the blocks that hold its segments; and a Parquet file (zstd) of the sorted
/// rows, the smallest form that DuckDB writes.
/// </summary>
internal static class DuckDbSizes
{
    public static IReadOnlyList<EngineSize> Of(DuckDBConnection connection, string table, string file, string folder)
    {
        var sizes = new List<EngineSize> { new("total", new FileInfo(file).Length) };

        // Small segments share a block; each then has the bytes from its offset to the next one's, the last to the block's end.
        var columns = SqlRows.Read(
            connection,
            $"""
            WITH segments AS (
                SELECT column_name, block_id, lead(block_offset, 1, 262144) OVER (
                    PARTITION BY block_id ORDER BY block_offset) - block_offset AS bytes
                FROM (SELECT DISTINCT column_name, block_id, block_offset
                    FROM pragma_storage_info('{table}') WHERE persistent AND block_id >= 0))
            SELECT regexp_replace(column_name, '[0-9]+$', '') AS name, sum(bytes)::BIGINT FROM segments GROUP BY name ORDER BY name
            """
        );
        foreach (var column in columns)
        {
            sizes.Add(new($"column.{column[0]}", (long)column[1]));
        }

        var parquet = Path.Combine(folder, $"{table}.parquet");
        SqlRows.Execute(
            connection,
            $"COPY (SELECT * FROM {table} ORDER BY sym, ts) TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)"
        );
        sizes.Add(new("parquet_zstd", new FileInfo(parquet).Length));
        File.Delete(parquet);
        return sizes;
    }
}
