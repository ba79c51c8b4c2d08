namespace TickStore.Codecs;

/// <summary>What a codec may hold.</summary>
[Flags]
public enum CodecScope
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>
    /// Values of 1, 2, 4 or 8 bytes, seen as 32- or 64-bit integers (floating point by its bit pattern).
    /// </summary>
    Lanes = 1,

    /// <summary>Values of any other fixed width, seen as bytes.</summary>
    WideBytes = 2,

    /// <summary>Strings: offsets and UTF-8 bytes.</summary>
    Strings = 4,

    /// <summary>Validity: one flag per value.</summary>
    Validity = 8,

    /// <summary>Values of 8 bytes only.</summary>
    Lanes64 = 16,
}

/// <summary>One line of the ledger.</summary>
/// <param name="Id">The durable number.</param>
/// <param name="Name">The name that catalog views and errors show.</param>
/// <param name="Scope">What the codec may hold; a vector outside its scope is corrupt.</param>
/// <param name="DecodePenaltyPercent">
/// By how much the chooser raises the codec's size, so that a slower decoder must earn its place with bytes.
/// </param>
public readonly record struct CodecLedgerEntry(CodecId Id, string Name, CodecScope Scope, int DecodePenaltyPercent);

/// <summary>
/// The ledger of on-disk codec ids: the one table to read, and to extend, when a codec is added. Lines are reviewed one
/// by one; a line is never removed while a file that uses it may exist. The conformance tests enumerate this table.
/// </summary>
public static class CodecLedger
{
    private const CodecScope AnyFixed = CodecScope.Lanes | CodecScope.WideBytes;

    private static readonly CodecLedgerEntry[] Table =
    [
        new(CodecId.Constant, "constant", AnyFixed | CodecScope.Strings | CodecScope.Validity, 0),
        new(CodecId.Raw, "raw", AnyFixed | CodecScope.Strings, 0),
        new(CodecId.Rle, "rle", CodecScope.Lanes | CodecScope.Validity, 1),
        new(CodecId.ForBitPack, "for-bitpack", CodecScope.Lanes, 1),
        new(CodecId.Delta, "delta", CodecScope.Lanes, 3),
        new(CodecId.DoubleDelta, "double-delta", CodecScope.Lanes, 5),
        new(CodecId.Gorilla, "gorilla", CodecScope.Lanes, 25),
        new(CodecId.Dictionary, "dictionary", CodecScope.Lanes | CodecScope.Strings, 3),
        new(CodecId.Lz4, "lz4", AnyFixed | CodecScope.Strings, 15),
        new(CodecId.Bitmap, "bitmap", CodecScope.Validity, 0),
        new(CodecId.Scaled, "scaled", CodecScope.Lanes, 3),
        new(CodecId.DecimalGrid, "decimal-grid", CodecScope.Lanes64, 4),
        new(CodecId.WidthClasses, "width-classes", CodecScope.Lanes, 6),
    ];

    /// <summary>Every codec, in the order of the table; static, never changes.</summary>
    public static ReadOnlySpan<CodecLedgerEntry> Entries => Table;

    /// <summary>The line of a codec.</summary>
    /// <param name="id">The codec; a byte from disk may be cast, it is checked here.</param>
    /// <param name="entry">The line, if true is returned.</param>
    /// <returns>False if the ledger has no such id.</returns>
    public static bool TryGet(CodecId id, out CodecLedgerEntry entry)
    {
        // The table is dense from 1, which the tests assert.
        int index = (int)id - 1;
        bool known = (uint)index < (uint)Table.Length;
        entry = known ? Table[index] : default;
        return known;
    }
}
