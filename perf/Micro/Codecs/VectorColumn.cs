using System.Runtime.CompilerServices;
using System.Text;
using TickStore.Codecs;
using TickStore.Micro.Data;

namespace TickStore.Micro.Codecs;

/// <summary>
/// A column cut into vectors of 1,024 values, as a segment cuts it, with its type erased: one virtual call a vector,
/// none a value.
/// </summary>
internal abstract class VectorColumn(string name)
{
    /// <summary>Values of a vector: the engine's size.</summary>
    internal const int VectorRows = VectorHeader.CountMax;

    /// <summary>Every column that codecs are measured on.</summary>
    internal static IReadOnlyList<VectorColumn> All { get; } =
    [
        new FixedColumn<long>("time", rows => rows.Times),
        new FixedColumn<long>("time 10 ms", rows => Array.ConvertAll(rows.Times, t => t / 10_000_000 * 10_000_000)),
        new FixedColumn<long>("price", rows => rows.Prices),
        new FixedColumn<double>("price double", rows => rows.PriceDoubles),
        new FixedColumn<double>("average double", rows => rows.Averages),
        new FixedColumn<int>("size", rows => rows.Sizes),
        new FixedColumn<int>("symbol", rows => rows.Symbols),
        new FixedColumn<byte>("side", rows => rows.Sides),
        new TextColumn("name"),
        new ValidityColumn("validity"),
    ];

    /// <summary>The name that results show.</summary>
    internal string Name { get; } = name;

    /// <summary>Which codecs may hold it.</summary>
    internal abstract CodecScope Scope { get; }

    /// <summary>Whole vectors that the column has.</summary>
    internal static int VectorCount => MarketRows.RowCount / VectorRows;

    /// <summary>Bytes of a vector's values as they lie in memory.</summary>
    internal abstract int RawBytes(int vector);

    /// <summary>Encodes a vector; false where the codec cannot hold it.</summary>
    internal abstract bool TryEncode(CodecId codec, int vector, Span<byte> destination, out int encodedBytes);

    /// <summary>Decodes a whole vector into the column's scratch memory.</summary>
    internal abstract void Decode(ReadOnlySpan<byte> encoded);

    /// <summary>Reads one value, where the engine can: in place, or by decoding the vector.</summary>
    internal abstract long FetchOne(ReadOnlySpan<byte> encoded, int index);

    /// <summary>Copies a vector's values into the same scratch memory: what no decoder can beat.</summary>
    internal abstract void Copy(int vector);

    /// <summary>Whether the scratch memory holds that vector: what decoding must have left there.</summary>
    internal abstract bool Holds(int vector);

    private sealed class FixedColumn<T>(string name, Func<MarketRows, T[]> pick) : VectorColumn(name)
        where T : unmanaged, IEquatable<T>
    {
        private readonly Lazy<T[]> values = new(() => pick(MarketRows.Shared));
        private readonly T[] scratch = new T[VectorRows];

        internal override CodecScope Scope =>
            Unsafe.SizeOf<T>() == sizeof(long) ? CodecScope.Lanes | CodecScope.Lanes64 : CodecScope.Lanes;

        internal override int RawBytes(int vector) => VectorRows * Unsafe.SizeOf<T>();

        internal override bool TryEncode(CodecId codec, int vector, Span<byte> destination, out int encodedBytes) =>
            VectorEncoder.TryEncode(Values(vector), codec, destination, out encodedBytes);

        internal override void Decode(ReadOnlySpan<byte> encoded) =>
            VectorDecoder.Decode<T>(encoded, VectorRows, scratch);

        internal override long FetchOne(ReadOnlySpan<byte> encoded, int index)
        {
            var value = VectorDecoder.DecodeOne<T>(encoded, VectorRows, index);
            return Unsafe.As<T, byte>(ref value);
        }

        internal override void Copy(int vector) => Values(vector).CopyTo(scratch);

        internal override bool Holds(int vector) => Values(vector).SequenceEqual(scratch);

        private ReadOnlySpan<T> Values(int vector) => values.Value.AsSpan(vector * VectorRows, VectorRows);
    }

    /// <summary>Symbol names as VARCHAR: what a file without a dictionary brings.</summary>
    private sealed class TextColumn(string name) : VectorColumn(name)
    {
        // Names have six bytes, so that vector v begins at byte v * 6,144.
        private const int NameBytes = 6;

        private readonly Lazy<byte[]> text = new(() =>
            Encoding.UTF8.GetBytes(string.Concat(MarketRows.Shared.ArrivalSymbols.Select(MarketRows.NameOf)))
        );
        private readonly int[] offsets = [.. Enumerable.Range(0, VectorRows + 1).Select(i => i * NameBytes)];
        private readonly int[] scratchOffsets = new int[VectorRows + 1];
        private readonly byte[] scratch = new byte[VectorRows * NameBytes];

        internal override CodecScope Scope => CodecScope.Strings;

        internal override int RawBytes(int vector) => (VectorRows * NameBytes) + (offsets.Length * sizeof(int));

        internal override bool TryEncode(CodecId codec, int vector, Span<byte> destination, out int encodedBytes) =>
            VectorEncoder.TryEncodeStrings(offsets, Text(vector), codec, destination, out encodedBytes);

        internal override void Decode(ReadOnlySpan<byte> encoded) =>
            VectorDecoder.DecodeStrings(encoded, VectorRows, scratchOffsets, scratch);

        internal override long FetchOne(ReadOnlySpan<byte> encoded, int index)
        {
            Decode(encoded);
            return scratch[scratchOffsets[index]];
        }

        internal override void Copy(int vector)
        {
            Text(vector).CopyTo(scratch);
            offsets.CopyTo(scratchOffsets, 0);
        }

        internal override bool Holds(int vector) =>
            Text(vector).SequenceEqual(scratch) && offsets.AsSpan().SequenceEqual(scratchOffsets);

        private ReadOnlySpan<byte> Text(int vector) =>
            text.Value.AsSpan(vector * VectorRows * NameBytes, VectorRows * NameBytes);
    }

    /// <summary>A flag a value: large trades count as NULL, which are some three in a hundred.</summary>
    private sealed class ValidityColumn(string name) : VectorColumn(name)
    {
        private readonly Lazy<byte[]> flags = new(() =>
            Array.ConvertAll(MarketRows.Shared.Sizes, size => size >= 3200 ? (byte)0 : (byte)1)
        );
        private readonly byte[] scratch = new byte[VectorRows];

        internal override CodecScope Scope => CodecScope.Validity;

        internal override int RawBytes(int vector) => VectorRows;

        internal override bool TryEncode(CodecId codec, int vector, Span<byte> destination, out int encodedBytes) =>
            ValidityCodec.TryEncode(Flags(vector), codec, destination, out encodedBytes);

        internal override void Decode(ReadOnlySpan<byte> encoded) => ValidityCodec.Decode(encoded, VectorRows, scratch);

        internal override long FetchOne(ReadOnlySpan<byte> encoded, int index)
        {
            Decode(encoded);
            return scratch[index];
        }

        internal override void Copy(int vector) => Flags(vector).CopyTo(scratch);

        internal override bool Holds(int vector) => Flags(vector).SequenceEqual(scratch);

        private ReadOnlySpan<byte> Flags(int vector) => flags.Value.AsSpan(vector * VectorRows, VectorRows);
    }
}
