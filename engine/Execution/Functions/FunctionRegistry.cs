using System.Collections.Frozen;

namespace TickStore.Execution;

/// <summary>Every function by its name. The families below are the whole list: a function is in one of them or nowhere.</summary>
public static class FunctionRegistry
{
    /// <summary>The scalar functions and operators, by lower-case name.</summary>
    public static FrozenDictionary<string, ScalarFunction> Scalars { get; } =
        ScalarFamilies().ToFrozenDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The aggregates, by lower-case name.</summary>
    public static FrozenDictionary<string, AggregateFunction> Aggregates { get; } =
        AggregateFamilies().ToFrozenDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The functions with state, which stand under CONTEXT BY, by lower-case name.</summary>
    public static FrozenDictionary<string, StatefulFunction> Stateful { get; } =
        FactorFunctions.All.ToFrozenDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<ScalarFunction> ScalarFamilies() =>
        [
            .. ArithmeticFunctions.All,
            .. ComparisonFunctions.All,
            .. ConditionalFunctions.All,
            .. TextFunctions.All,
            .. TimeFunctions.All,
            .. CalendarFunctions.All,
            .. ArrayFunctions.All,
            .. FinanceFunctions.All,
        ];

    private static IEnumerable<AggregateFunction> AggregateFamilies() => AggregateFunctions.All;
}
