using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Keys of rows as bytes: equal bytes are equal keys, as SQL compares them (NaN equals NaN, -0 equals 0). One thread at a time.
/// </summary>
/// <param name="columns">Indexes of the key's columns.</param>
public sealed class RowKeys(IReadOnlyList<int> columns)
{
    private readonly KeyScratch scratch = new();

    /// <summary>The bytes of one row, on loan until the next call.</summary>
    public ReadOnlySpan<byte> Of(Batch rows, int row)
    {
        var length = 0;
        for (var c = 0; c < columns.Count; c++)
        {
            length = KeyBytes.Write(rows[columns[c]], row, scratch, length);
        }

        return scratch.Bytes.AsSpan(0, length);
    }
}

/// <summary>Compares keys as bytes, those in a dictionary with those on loan.</summary>
public sealed class RowKeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    /// <summary>The one there is.</summary>
    public static readonly RowKeyComparer Instance = new();

    /// <inheritdoc/>
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
