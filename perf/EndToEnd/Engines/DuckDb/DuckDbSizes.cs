using DuckDB.NET.Data;
using TickStore.EndToEnd.Reporting;

namespace TickStore.EndToEnd.Engines.DuckDb;

/// <summary>
/// What a table takes: its file, whole; each column by the blocks that hold its segments; and of sorted rows a Parquet file (zstd),
/// the smallest form that DuckDB writes.
/// </summary>
internal static class DuckDbSizes
{
    public static IReadOnlyList<EngineSize> Of(
        DuckDBConnection connection,
        string table,
        string file,
        string? parquetFolder
    )
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

        if (parquetFolder is null)
        {
            return sizes;
        }

        var parquet = Path.Combine(parquetFolder, $"{table}.parquet");
        SqlRows.Execute(connection, $"COPY {table} TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)");
        sizes.Add(new("total", new FileInfo(parquet).Length, EngineNames.Parquet));
        File.Delete(parquet);
        return sizes;
    }
}
