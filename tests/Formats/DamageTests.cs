// Proves that damaged files are refused and never come out as fewer or other rows: each real file is cut at many
// places, and has bytes turned over, and every read either throws an error that names the file or gives all rows.
using System.IO.Compression;
using TickStore.Core;
using TickStore.Formats;

namespace TickStore.Tests.Formats;

public sealed class DamageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("damage").FullName;

    public static TheoryData<string, string> Files =>
        new()
        {
            { "lean", "lean/future/comex/minute/gc/20131007_trade.zip" },
            { "sse-l2", "china-l2/600519_20230201/20230201_OrderQueue.csv.gz" },
            { "csv", "china-bars/candle_201801.csv.gz" },
            { "cffex-dsb", "cffex-if/CFFEX.IF.HOT_tick_20210105.dsb" },
            { "parquet", "cffex-if/CFFEX.IF.HOT_m5_20210105.csv" },
            { "arrow", "cffex-if/CFFEX.IF.HOT_m5_20210105.csv" },
            { "arrow-stream", "cffex-if/CFFEX.IF.HOT_m5_20210105.csv" },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_was_cut_off_is_refused(string format, string sample)
    {
        var (path, bytes) = Prepare(format, sample);
        foreach (var length in (int[])[0, 1, 5, bytes.Length / 3, bytes.Length / 2, bytes.Length - 9, bytes.Length - 1])
        {
            File.WriteAllBytes(path, bytes[..length]);
            var error = Assert.Throws<TickStoreException>(() => Count(format, path));
            Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Turned_bytes_never_crash(string format, string sample)
    {
        var (path, bytes) = Prepare(format, sample);
        var random = new Random(7);
        for (var i = 0; i < 10; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, damaged);
            try
            {
                Count(format, path);
            }
            catch (TickStoreException)
            {
                // Refused: what is wanted wherever the damage can be seen.
            }
        }
    }

    [Fact]
    public void A_gzip_of_several_members_is_read_whole()
    {
        var path = Path.Combine(folder, "a.csv.gz");
        using (var file = File.Create(path))
        {
            foreach (var text in (string[])["a,b\n1,2\n", "3,4\n"])
            {
                using var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
                gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
            }
        }

        Assert.Equal(2, Count("csv", path));
    }

    [Fact]
    public void A_header_that_is_no_level_2_stream_is_refused()
    {
        var path = Path.Combine(folder, "a.csv");
        File.WriteAllText(path, "a,b\n1,2\n");
        var error = Assert.Throws<TickStoreException>(() => Count("sse-l2", path));
        Assert.Contains("the header is not one of Level-2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_an_unknown_format_are_named()
    {
        var missing = Assert.Throws<TickStoreException>(() => Count("csv", Path.Combine(folder, "none.csv")));
        Assert.Contains("none.csv cannot be read", missing.Message, StringComparison.Ordinal);
        Assert.Contains(
            "cffex-dsb",
            Assert.Throws<TickStoreException>(() => ImportFormats.Find("xml")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "parquet",
            Assert.Throws<TickStoreException>(() => ExportFormats.Find("xml")).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("lean", "lean/future/comex/minute/gc/20131007_trade.zip")]
    [InlineData("sse-l2", "china-l2/600519_20230201/20230201.zip")]
    [InlineData("csv", "china-bars/candle_201801.csv.gz")]
    [InlineData("cffex-dsb", "cffex-if/CFFEX.IF.HOT_tick_20210105.dsb")]
    public void Formats_are_detected(string format, string sample) =>
        Assert.Equal(format, ImportFormats.Detect(RealData.Sample(sample)).Name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static long Count(string format, string path)
    {
        using var reader = ImportFormats.Open(format == "arrow-stream" ? "arrow" : format, Imported.Request(path));
        while (reader.TryRead(out _)) { }

        return reader.RowsRead;
    }

    // A copy in a folder of the same shape; Parquet and Arrow files are made from the CSV sample.
    private (string Path, byte[] Bytes) Prepare(string format, string sample)
    {
        var source = RealData.Sample(sample);
        var path = Path.Combine(folder, sample);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (format is not ("parquet" or "arrow" or "arrow-stream"))
        {
            return (path, File.ReadAllBytes(source));
        }

        using var reader = ImportFormats.Open("csv", Imported.Request(source));
        using var output = new MemoryStream();
        var request = Imported.Request(source);
        using var typed = ImportFormats.Open("csv", request);
        using var writer = ExportFormats
            .Find(format)
            .Create(typed.Streams[0].Schema.ToBatchSchema(), request.Symbols, output);
        while (typed.TryRead(out var batch))
        {
            writer.Write(batch.Rows);
        }

        writer.Finish();
        return (path + "." + format, output.ToArray());
    }
}
