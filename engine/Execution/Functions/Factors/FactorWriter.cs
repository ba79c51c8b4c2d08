using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Writes the results of a batch: DOUBLE or BIGINT, or NULL.</summary>
internal ref struct FactorWriter
{
    private readonly ColumnVector result;
    private readonly Span<long> values;
    private readonly bool isInteger;
    private Span<byte> validity;

    public FactorWriter(ColumnVector result, int rowCount)
    {
        result.SetRowCount(0);
        result.EnsureCapacity(rowCount);
        this.result = result;
        values = result.Writable<long>()[..rowCount];
        isInteger = result.Type.Physical == PhysicalType.Int64;
        validity = default;
        result.SetRowCount(rowCount);
    }

    /// <summary>Writes a number; of BIGINT one without a fraction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Set(int row, double value) =>
        values[row] = isInteger ? (long)value : BitConverter.DoubleToInt64Bits(value);

    /// <summary>Writes NULL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetNull(int row)
    {
        if (validity.IsEmpty)
        {
            validity = result.WritableValidity();
        }

        values[row] = 0;
        validity[row] = 0;
    }
}
