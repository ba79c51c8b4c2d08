using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// A scalar function or operator: one name, with overloads found by <see cref="Resolve"/>. Operators are functions
/// named by their sign (<c>+</c>, <c>&lt;=</c>, <c>||</c>). Declared in Functions/&lt;Family&gt;/, listed in that
/// family's table, found through <see cref="FunctionRegistry"/>.
/// </summary>
public sealed class ScalarFunction
{
    /// <summary>Name in lower case, or the operator's sign.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence: what it returns, for which arguments, and what it makes of NULL.</summary>
    public required string Summary { get; init; }

    /// <summary>A call that compiles and runs, for the reference and its test.</summary>
    public required string Example { get; init; }

    /// <summary>
    /// The overload for these argument types, or null where there is none. An untyped NULL, or a string literal that
    /// may still become any type, comes as null. The overload's argument types are what the caller must cast to.
    /// </summary>
    public required Func<IReadOnlyList<DataType?>, ScalarOverload?> Resolve { get; init; }

    /// <summary>True where NULL in any argument gives NULL without calling the kernel's rule for NULL.</summary>
    public bool IsStrict { get; init; } = true;

    /// <summary>
    /// False where no value of the arguments makes the kernel throw. AND, OR and CASE evaluate what may fail only for the
    /// rows that need it.
    /// </summary>
    public bool CanFail { get; init; } = true;
}

/// <summary>
/// One overload, chosen for a call.
/// </summary>
/// <param name="Function">The function it belongs to.</param>
/// <param name="ArgumentTypes">Types that the arguments must be cast to.</param>
/// <param name="ReturnType">Type of the result.</param>
/// <param name="Kernel">Computes a batch.</param>
public sealed record ScalarOverload(
    ScalarFunction Function,
    IReadOnlyList<DataType> ArgumentTypes,
    DataType ReturnType,
    ScalarKernel Kernel
)
{
    /// <summary>The bars that the overload gives the starts of, for a function that is bound to a calendar; else null.</summary>
    public CalendarGrid? Grid { get; init; }
}

/// <summary>
/// Computes <paramref name="rowCount"/> results. The result vector is empty and has room for them; the kernel writes
/// values. For a strict function the caller merges the arguments' nulls afterwards and the kernel may compute anything
/// for such rows, but must not fail on them; it may add nulls of its own. Else the kernel writes the validity too.
/// </summary>
/// <param name="arguments">Dense vectors of the overload's types, each with at least <paramref name="rowCount"/> rows.</param>
/// <param name="rowCount">Rows to compute.</param>
/// <param name="result">An owning vector; the kernel declares its rows.</param>
/// <param name="context">Symbols, and what else functions may look at.</param>
public delegate void ScalarKernel(
    ReadOnlySpan<ColumnVector> arguments,
    int rowCount,
    ColumnVector result,
    EvaluationContext context
);
