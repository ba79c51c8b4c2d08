// Proves: the durable ids are what they were (written out a second time here on purpose), unique, dense and named.
using TickStore.Codecs;

namespace TickStore.Tests.Codecs;

public sealed class CodecLedgerTests
{
    [Fact]
    public void Ids_on_disk_never_change()
    {
        string[] expected =
        [
            "1 constant",
            "2 raw",
            "3 rle",
            "4 for-bitpack",
            "5 delta",
            "6 double-delta",
            "7 gorilla",
            "8 dictionary",
            "9 lz4",
            "10 bitmap",
            "11 scaled",
            "12 decimal-grid",
            "13 width-classes",
        ];
        var actual = new List<string>();
        foreach (CodecLedgerEntry entry in CodecLedger.Entries)
            actual.Add($"{(byte)entry.Id} {entry.Name}");
        Assert.Equal(expected, actual);
        Assert.Equal(Enum.GetValues<CodecId>().Length - 1, CodecLedger.Entries.Length);
    }

    [Fact]
    public void Every_line_is_found_by_its_id_and_nothing_else_is()
    {
        foreach (CodecLedgerEntry entry in CodecLedger.Entries)
        {
            Assert.True(CodecLedger.TryGet(entry.Id, out CodecLedgerEntry found));
            Assert.Equal(entry, found);
        }
        Assert.False(CodecLedger.TryGet(CodecId.None, out _));
        Assert.False(CodecLedger.TryGet((CodecId)(CodecLedger.Entries.Length + 1), out _));
        Assert.False(CodecLedger.TryGet((CodecId)255, out _));
    }
}
