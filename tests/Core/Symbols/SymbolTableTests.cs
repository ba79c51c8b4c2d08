// Proves that symbols get ids in order, keep them and their bytes while the table grows, and that threads that add the
// same symbols at once agree on every id.
using System.Text;
using TickStore.Core;

namespace TickStore.Tests.Core.Symbols;

public sealed class SymbolTableTests
{
    [Fact]
    public void Ids_count_up_and_stay()
    {
        var symbols = new SymbolTable();
        for (var i = 0; i < 5000; i++)
        {
            Assert.Equal(-1, symbols.Find(Utf8(i)));
            Assert.Equal(i, symbols.Intern(Utf8(i)));
        }

        for (var i = 0; i < 5000; i++)
        {
            Assert.Equal(i, symbols.Intern(Utf8(i)));
            Assert.Equal(i, symbols.Find(Utf8(i)));
            Assert.Equal($"贵州{i}", symbols.Text(i));
            Assert.True(symbols.Utf8(i).SequenceEqual(Utf8(i)));
        }

        Assert.Equal(5000, symbols.Count);
        Assert.Throws<TickStoreException>(() => symbols.Text(5000));
        Assert.Throws<TickStoreException>(() => symbols.Text(-1));
        Assert.Throws<TickStoreException>(() => symbols.Intern(new byte[SymbolTable.SymbolBytesMax + 1]));
    }

    [Fact]
    public void Threads_agree()
    {
        var symbols = new SymbolTable();
        Parallel.For(
            0,
            4,
            _ =>
            {
                for (var i = 0; i < 3000; i++)
                {
                    var id = symbols.Intern(Utf8(i));
                    Assert.True(symbols.Utf8(id).SequenceEqual(Utf8(i)));
                }
            }
        );
        Assert.Equal(3000, symbols.Count);
        Assert.Equal(3000, Enumerable.Range(0, 3000).Select(i => symbols.Find(Utf8(i))).Distinct().Count());
    }

    private static byte[] Utf8(int number) => Encoding.UTF8.GetBytes($"贵州{number}");
}
