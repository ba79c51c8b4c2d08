namespace TickStore.Codecs;

/// <summary>
/// The first byte of every encoded vector. The numbers are durable: they stand on disk, so a member is never renumbered
/// or reused. <see cref="CodecLedger"/> says what each one may hold; <c>docs/format/vector.md</c> draws its bytes.
/// </summary>
public enum CodecId : byte
{
    /// <summary>Not a codec: zeroed bytes must never decode.</summary>
    None = 0,

    /// <summary>All values are the same; the payload is that one value.</summary>
    Constant = 1,

    /// <summary>The values as they lie in memory, little-endian.</summary>
    Raw = 2,

    /// <summary>Runs of equal values: bit-packed run lengths and run values.</summary>
    Rle = 3,

    /// <summary>Frame of reference: values minus their minimum, bit-packed, with patches for outliers.</summary>
    ForBitPack = 4,

    /// <summary>Differences of neighbours minus a base, bit-packed, with patches.</summary>
    Delta = 5,

    /// <summary>Differences of differences minus the least one, bit-packed, with patches.</summary>
    DoubleDelta = 6,

    /// <summary>XOR with the previous value, leading and trailing zeros left out.</summary>
    Gorilla = 7,

    /// <summary>A dictionary of this vector's distinct values and bit-packed codes.</summary>
    Dictionary = 8,

    /// <summary>An LZ4 block of the raw bytes, or the raw bytes where LZ4 gains nothing.</summary>
    Lz4 = 9,

    /// <summary>One bit per value, least significant first; validity only.</summary>
    Bitmap = 10,

    /// <summary>Integers on a grid: (value - least) / common divisor, as a vector of its own inside.</summary>
    Scaled = 11,

    /// <summary>Doubles that are decimals: integers n of value = n * p / 10^e, as a vector of its own inside.</summary>
    DecimalGrid = 12,

    /// <summary>Offsets or differences in four bit widths; two selector bits a value say which.</summary>
    WidthClasses = 13,
}
