using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TickStore.Core;

/// <summary>
/// A comparison of two values in SQL's order: for REAL and DOUBLE NaN equals NaN and is greater than every number, and
/// -0 equals 0. The vector forms give all-ones lanes for true.
/// </summary>
public interface ICompareKernel
{
    /// <summary>True where the comparison holds.</summary>
    static abstract bool Invoke<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T>;

    /// <summary>The comparison lane by lane.</summary>
    static abstract Vector256<T> Invoke<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged;

    /// <summary>The comparison lane by lane.</summary>
    static abstract Vector512<T> Invoke<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged;
}

/// <summary>Left = right.</summary>
public readonly struct EqualKernel : ICompareKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T> => left.Equals(right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Invoke<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged =>
        typeof(T) == typeof(double) || typeof(T) == typeof(float)
            ? Vector256.Equals(left, right) | ~(Vector256.Equals(left, left) | Vector256.Equals(right, right))
            : Vector256.Equals(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Invoke<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged =>
        typeof(T) == typeof(double) || typeof(T) == typeof(float)
            ? Vector512.Equals(left, right) | ~(Vector512.Equals(left, left) | Vector512.Equals(right, right))
            : Vector512.Equals(left, right);
}

/// <summary>Left is not equal to right.</summary>
public readonly struct NotEqualKernel : ICompareKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T> => !left.Equals(right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Invoke<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged => ~EqualKernel.Invoke(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Invoke<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged => ~EqualKernel.Invoke(left, right);
}

/// <summary>Left is less than right. Greater than is the same with the sides exchanged.</summary>
public readonly struct LessKernel : ICompareKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T>
    {
        // CompareTo puts NaN below every number; SQL puts it above.
        if (typeof(T) == typeof(double))
        {
            var (a, b) = ((double)(object)left, (double)(object)right);
            return a < b || (double.IsNaN(b) && !double.IsNaN(a));
        }

        if (typeof(T) == typeof(float))
        {
            var (a, b) = ((float)(object)left, (float)(object)right);
            return a < b || (float.IsNaN(b) && !float.IsNaN(a));
        }

        return left.CompareTo(right) < 0;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Invoke<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged =>
        typeof(T) == typeof(double) || typeof(T) == typeof(float)
            ? Vector256.LessThan(left, right)
                | Vector256.AndNot(Vector256.Equals(left, left), Vector256.Equals(right, right))
            : Vector256.LessThan(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Invoke<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged =>
        typeof(T) == typeof(double) || typeof(T) == typeof(float)
            ? Vector512.LessThan(left, right)
                | Vector512.AndNot(Vector512.Equals(left, left), Vector512.Equals(right, right))
            : Vector512.LessThan(left, right);
}

/// <summary>Left is not greater than right.</summary>
public readonly struct LessOrEqualKernel : ICompareKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T> => !LessKernel.Invoke(right, left);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Invoke<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged => ~LessKernel.Invoke(right, left);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Invoke<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged => ~LessKernel.Invoke(right, left);
}
