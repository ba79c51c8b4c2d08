using System.Numerics;
using System.Numerics.Tensors;

namespace TickStore.Core;

/// <summary>Smallest and largest of the values of a vector.</summary>
public static class ValueBounds
{
    /// <summary>Both bounds, in two vectorised passes. There must be at least one value.</summary>
    public static (T Min, T Max) Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T> => (TensorPrimitives.Min(values), TensorPrimitives.Max(values));
}
