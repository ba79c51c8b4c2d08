using TickStore.Codecs;
using TickStore.Micro.Reporting;

namespace TickStore.Micro.Codecs;

/// <summary>
/// A codec on a column: the vectors of that column that it can hold, encoded. Cases come from the ledger, so a codec
/// that is added there is measured without another line here.
/// </summary>
public sealed class CodecCase : IValueShape
{
    /// <summary>Vectors of a case, spread evenly over the table; more than a predictor of branches learns by heart.</summary>
    public const int VectorCount = 16;

    /// <summary>Values of a case.</summary>
    public const int ValueCount = VectorCount * VectorColumn.VectorRows;

    private const int ColumnsPerCodec = 2;

    private readonly int[] vectors = new int[VectorCount];
    private readonly byte[][] encoded = new byte[VectorCount][];

    // A forced codec may need four times the raw bytes, as VectorEncoder says.
    private readonly byte[] scratch = new byte[
        (4 * sizeof(double) * VectorColumn.VectorRows) + VectorHeader.SizeInBytes
    ];

    private CodecCase(CodecId codec, VectorColumn column) => (Codec, Column) = (codec, column);

    /// <summary>The codec that is forced.</summary>
    public CodecId Codec { get; }

    /// <inheritdoc/>
    public double BytesPerValue { get; private set; }

    /// <inheritdoc/>
    public double? StoredBytesPerValue { get; private set; }

    internal VectorColumn Column { get; }

    /// <summary>
    /// For each codec of the ledger the two columns on which it saves most of the raw bytes: where it is likely to be
    /// chosen. Throws for a codec that can hold none of the columns.
    /// </summary>
    public static IEnumerable<CodecCase> All()
    {
        var all = new List<CodecCase>();
        foreach (var entry in CodecLedger.Entries)
        {
            var cases = new List<CodecCase>();
            foreach (var column in VectorColumn.All)
            {
                var candidate = new CodecCase(entry.Id, column);
                if ((entry.Scope & column.Scope) != 0 && candidate.TryEncodeAll())
                {
                    cases.Add(candidate);
                }
            }

            if (cases.Count == 0)
            {
                throw new InvalidOperationException(
                    $"The codec {entry.Name} can hold none of the columns: add one to VectorColumn.All that it is made for"
                );
            }

            all.AddRange(cases.OrderBy(c => c.StoredBytesPerValue / c.BytesPerValue).Take(ColumnsPerCodec));
        }

        return all;
    }

    /// <summary>Encodes every vector anew.</summary>
    /// <returns>Bytes of all of them.</returns>
    public int EncodeAll()
    {
        var bytes = 0;
        foreach (var vector in vectors)
        {
            Column.TryEncode(Codec, vector, scratch, out var encodedBytes);
            bytes += encodedBytes;
        }

        return bytes;
    }

    /// <summary>Decodes every vector, one after the other into the same memory.</summary>
    public void DecodeAll()
    {
        foreach (var vector in encoded)
        {
            Column.Decode(vector);
        }
    }

    /// <summary>Copies every vector, one after the other into the same memory.</summary>
    public void CopyAll()
    {
        foreach (var vector in vectors)
        {
            Column.Copy(vector);
        }
    }

    /// <summary>Reads 16 values, one of each vector, at changing places.</summary>
    public long FetchSixteen()
    {
        var sum = 0L;
        for (var i = 0; i < encoded.Length; i++)
        {
            sum += Column.FetchOne(encoded[i], (i * 389) & (VectorColumn.VectorRows - 1));
        }

        return sum;
    }

    /// <summary>Throws unless each vector decodes to the values that were encoded.</summary>
    public void Verify()
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            Column.Decode(encoded[i]);
            if (!Column.Holds(vectors[i]))
            {
                throw new InvalidOperationException($"{this}: vector {vectors[i]} did not come back");
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        CodecLedger.TryGet(Codec, out var entry) ? $"{entry.Name} / {Column.Name}" : $"{Codec} / {Column.Name}";

    private bool TryEncodeAll()
    {
        long rawBytes = 0,
            encodedBytes = 0;
        var found = 0;

        // Strides coprime to the number of vectors visit every one, and the first that fit are well spread.
        for (var i = 0; i < VectorColumn.VectorCount && found < VectorCount; i++)
        {
            var vector = i * 17 % VectorColumn.VectorCount;
            if (Column.TryEncode(Codec, vector, scratch, out var bytes))
            {
                vectors[found] = vector;
                encoded[found++] = scratch[..bytes];
                rawBytes += Column.RawBytes(vector);
                encodedBytes += bytes;
            }
        }

        if (found < VectorCount)
        {
            return false;
        }

        BytesPerValue = rawBytes / (double)ValueCount;
        StoredBytesPerValue = encodedBytes / (double)ValueCount;
        return true;
    }
}
