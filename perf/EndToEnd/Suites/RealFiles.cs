using System.Diagnostics;
using TickStore.Core;
using TickStore.EndToEnd.Data;
using TickStore.EndToEnd.Reporting;
using TickStore.Formats;

namespace TickStore.EndToEnd.Suites;

/// <summary>
/// Recorded market data: how fast it is imported, and how many bytes a row of it takes in TickStore's segments, in DuckDB's files and in
/// Parquet. Sums over every column are compared before a figure of a table is shown. Files come from the large set beside the
/// repository where it is there, else from samples/; the small profile, which is to be quick, takes only these.
/// </summary>
internal static class RealFiles
{
    // Below it a file is mostly headers, in any format.
    private const int RowCountMin = 20_000;

    private const int ImportRuns = 3;

    /// <summary>Runs all sets of which there are files.</summary>
    /// <param name="report">Takes the figures, and a note for what is absent.</param>
    /// <param name="folder">Where databases are made and removed.</param>
    /// <exception cref="InvalidDataException">Two engines hold different rows.</exception>
    public static void Run(Report report, string folder)
    {
        if (!report.Wants("bytes.real") && !report.Wants("ingest.real"))
        {
            return;
        }

        var sources = Sources(samplesOnly: report.Profile == "small");
        var scratch = Path.Combine(folder, "real");
        var absent = new List<string>();
        foreach (var set in RealFileSet.All)
        {
            var (source, files) = Find(set, sources);
            if (files.Length == 0)
            {
                absent.Add(set.Name);
                continue;
            }

            Report.Progress($"real files: {set.Name}, {files.Length} of {Path.GetFileName(source)}");
            Directory.CreateDirectory(scratch);
            try
            {
                RunSet(report, set, files, scratch);
            }
            finally
            {
                Directory.Delete(scratch, recursive: true);
            }
        }

        report.Note(
            "real files: a file of DuckDB grows by blocks of 256 KiB, so its figures of tables below some 100,000 rows are too high; "
                + "Parquet's are not"
        );
        if (absent.Count > 0)
        {
            report.Note(
                $"real files: left out, for their files were not taken or are not here: {string.Join(", ", absent)}"
            );
        }
    }

    // The larger set first; it holds what samples/ holds and more.
    private static string[] Sources(bool samplesOnly)
    {
        if (Results.FindRepository() is not { } root)
        {
            return [];
        }

        string[] candidates =
        [
            Path.Combine(root, "..", "shared", "data"),
            Path.Combine(root, "..", "..", "shared", "data"),
            Path.Combine(root, "samples"),
        ];
        return [.. candidates[(samplesOnly ? ^1 : 0)..].Select(Path.GetFullPath).Where(Directory.Exists)];
    }

    private static (string Source, string[] Files) Find(RealFileSet set, string[] sources)
    {
        foreach (var source in sources)
        {
            if (set.FindIn(source) is { Length: > 0 } files)
            {
                return (source, files);
            }
        }

        return (string.Empty, []);
    }

    private static void RunSet(Report report, RealFileSet set, string[] files, string scratch)
    {
        var path = Path.Combine(scratch, "tickstore");
        var rates = new double[ImportRuns];
        for (var run = 0; run < ImportRuns; run++)
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }

            rates[run] = Import(set, files, path);
        }

        report.Add($"ingest.real.{set.Name}", EngineNames.TickStore, Samples.Of(rates), "rows/s");
        using var database = TickDatabase.Open(path);
        using var duckDb = new RealFilesInDuckDb();
        report.Version(EngineNames.DuckDb, duckDb.Version);
        report.Version(EngineNames.Parquet, $"zstd pages, written by {duckDb.Version}, sorted");
        foreach (var table in database.Statistics())
        {
            if (table.RowCount < RowCountMin)
            {
                report.Note(
                    $"real files: {table.Table.Name} has only {table.RowCount:N0} rows; its bytes are not compared"
                );
                continue;
            }

            Compare(report, database, duckDb, table.Table.Schema, table.RowCount, table.SegmentBytes, scratch);
        }
    }

    // As the command line does it: a pass that checks, a pass that commits durably, then everything into segments.
    private static double Import(RealFileSet set, string[] files, string path)
    {
        var clock = Stopwatch.StartNew();
        using var database = TickDatabase.Open(path);
        var imported = database.Import(new ImportOptions { Files = files, Table = set.Name });
        database.Seal();
        database.Compact();
        return imported.RowCount / clock.Elapsed.TotalSeconds;
    }

    private static void Compare(
        Report report,
        TickDatabase database,
        RealFilesInDuckDb duckDb,
        TableSchema schema,
        long rowCount,
        long segmentBytes,
        string scratch
    )
    {
        ColumnSum[] sums;
        using (var rows = database.Query($"SELECT * FROM {schema.Name}"))
        {
            sums = ColumnSum.Of(rows);
        }

        var exported = Path.Combine(scratch, $"{schema.Name}.parquet");
        using (var rows = database.Query($"SELECT {ExportedColumns(schema)} FROM {schema.Name} ORDER BY _seq"))
        using (var output = File.Create(exported))
        {
            var exportedRows = TickDatabase.Export(rows, ExportFormats.Find("parquet"), output);
            if (exportedRows != rowCount)
            {
                throw new InvalidDataException($"{schema.Name} has {rowCount} rows and exports {exportedRows}");
            }
        }

        duckDb.Stage(schema, exported);
        var arrival = duckDb.FileBytes(schema, PathOf("arrival.duckdb"), isSorted: false, sums);
        var sorted = duckDb.FileBytes(schema, PathOf("sorted.duckdb"), isSorted: true, sums);
        var parquet = duckDb.ParquetBytes(schema, PathOf("sorted.parquet"), sums);
        Add(EngineNames.TickStore, segmentBytes);
        Add(EngineNames.DuckDb, arrival);
        Add(EngineNames.DuckDbSorted, sorted);
        Add(EngineNames.Parquet, parquet);
        report.Note($"real files: {schema.Name} has {rowCount:N0} rows");

        string PathOf(string ending) => Path.Combine(scratch, $"{schema.Name}-{ending}");

        void Add(string engine, long bytes) =>
            report.Add($"bytes.real.{schema.Name}.total", engine, (double)bytes / rowCount, "B/row");
    }

    // Times as whole numbers, for DuckDB reads Parquet's times in UTC as microseconds.
    private static string ExportedColumns(TableSchema schema) =>
        string.Join(
            ", ",
            schema.Columns.Select(c =>
                c.Type.Kind == TypeKind.Timestamp ? $"epoch_ns(\"{c.Name}\") AS \"{c.Name}\"" : $"\"{c.Name}\""
            )
        );
}
