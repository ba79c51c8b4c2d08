namespace TickStore.Execution;

/// <summary>
/// Numbers of keys that are a symbol each, by the symbol's id: a look instead of a hash table for those that have been seen.
/// </summary>
internal sealed class SymbolNumbers
{
    // One more than the number; 0 for a symbol that has not been seen.
    private int[] numbers = [];

    /// <summary>The number of each symbol; false where one of them has not been seen, and what was written means nothing.</summary>
    public bool TryFind(ReadOnlySpan<int> symbols, Span<int> found)
    {
        var known = numbers;
        for (var i = 0; i < symbols.Length; i++)
        {
            var number = (uint)symbols[i] < (uint)known.Length ? known[symbols[i]] : 0;
            if (number == 0)
            {
                return false;
            }

            found[i] = number - 1;
        }

        return true;
    }

    /// <summary>Remembers numbers.</summary>
    public void Note(ReadOnlySpan<int> symbols, ReadOnlySpan<int> found)
    {
        for (var i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] >= numbers.Length)
            {
                Array.Resize(ref numbers, Math.Max(symbols[i] + 1, Math.Max(64, numbers.Length * 2)));
            }

            numbers[symbols[i]] = found[i] + 1;
        }
    }
}
