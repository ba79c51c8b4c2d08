using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keys that fit one word of 64 or 128 bits: columns are shifted into the word batch-wise, a nullable column with one bit more. Equal
/// words are equal keys: NaN equals NaN, -0 equals 0, NULL equals NULL.
/// </summary>
internal static class KeyPacking
{
    /// <summary>Packs the keys of a batch; the words lie in the scratch until its next use.</summary>
    public static Span<TWord> Pack<TWord>(
        ReadOnlySpan<ColumnVector> columns,
        IReadOnlyList<KeyType> types,
        int rowCount,
        KeyScratch scratch
    )
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        var words = scratch.Words<TWord>(rowCount);
        words.Clear();
        for (var i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            switch (column.Type.Physical)
            {
                case PhysicalType.Byte:
                    Shift(MemoryMarshal.Cast<byte, byte>(column.Values<byte>()), words, 8);
                    break;
                case PhysicalType.Int16:
                    Shift(MemoryMarshal.Cast<short, ushort>(column.Values<short>()), words, 16);
                    break;
                case PhysicalType.Int32:
                    Shift(MemoryMarshal.Cast<int, uint>(column.Values<int>()), words, 32);
                    break;
                case PhysicalType.Int64:
                    Shift(MemoryMarshal.Cast<long, ulong>(column.Values<long>()), words, 64);
                    break;
                case PhysicalType.Float:
                    ShiftFloats(column.Values<float>(), words);
                    break;
                default:
                    ShiftDoubles(column.Values<double>(), words);
                    break;
            }

            if (types[i].Nullable)
            {
                ShiftValidity(column, words);
            }
            else if (column.MayHaveNulls && column.Validity[..rowCount].Contains((byte)0))
            {
                Throw.Error(
                    ErrorCode.Internal,
                    $"NULL in a key column of type {column.Type} that is declared NOT NULL"
                );
            }
        }

        return words;
    }

    private static void Shift<T, TWord>(ReadOnlySpan<T> values, Span<TWord> words, int bits)
        where T : unmanaged, IBinaryInteger<T>
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        values = values[..words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            // A shift by the width of a word leaves it as it was, so the first column must not shift at all.
            words[i] =
                (bits == 64 && typeof(TWord) == typeof(ulong) ? TWord.Zero : words[i] << bits)
                | TWord.CreateTruncating(values[i]);
        }
    }

    private static void ShiftFloats<TWord>(ReadOnlySpan<float> values, Span<TWord> words)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        for (var i = 0; i < words.Length; i++)
        {
            var value = values[i];
            var bits =
                value == 0 ? 0
                : float.IsNaN(value) ? 0x7FC0_0000u
                : BitConverter.SingleToUInt32Bits(value);
            words[i] = (words[i] << 32) | TWord.CreateTruncating(bits);
        }
    }

    private static void ShiftDoubles<TWord>(ReadOnlySpan<double> values, Span<TWord> words)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        for (var i = 0; i < words.Length; i++)
        {
            var value = values[i];
            var bits =
                value == 0 ? 0
                : double.IsNaN(value) ? 0x7FF8_0000_0000_0000
                : BitConverter.DoubleToUInt64Bits(value);
            words[i] = (typeof(TWord) == typeof(ulong) ? TWord.Zero : words[i] << 64) | TWord.CreateTruncating(bits);
        }
    }

    // What a NULL's value bytes hold is undefined: they are cut out, so that all NULLs are one key.
    private static void ShiftValidity<TWord>(ColumnVector column, Span<TWord> words)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        var width = column.Type.ElementBytes * 8;
        var validity = column.Validity;
        for (var i = 0; i < words.Length; i++)
        {
            var isValid = validity.IsEmpty || validity[i] != 0;
            words[i] = isValid ? (words[i] << 1) | TWord.One : words[i] >>> width << width << 1;
        }
    }

    /// <summary>Fibonacci hashing (Knuth, volume 3, 6.4): the product's high bits depend on all bits of the word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash<TWord>(TWord word)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        var low = ulong.CreateTruncating(word);
        if (typeof(TWord) == typeof(UInt128))
        {
            var high = ulong.CreateTruncating(word >>> 64);
            low ^= BitOperations.RotateLeft(high * 0xC2B2_AE3D_27D4_EB4F, 29);
        }

        return (low ^ (low >> 32)) * 0x9E37_79B9_7F4A_7C15;
    }
}
