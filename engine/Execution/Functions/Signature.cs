using TickStore.Core;

namespace TickStore.Execution;

/// <summary>An overload before it knows its function: what the families' tables are written in.</summary>
internal sealed record Signature(ScalarKernel Kernel, DataType Return, params DataType[] Arguments);

/// <summary>Makes functions out of signatures.</summary>
internal static class Define
{
    /// <summary>A function whose overloads are computed from the argument types.</summary>
    public static ScalarFunction Scalar(
        string name,
        string example,
        string summary,
        Func<IReadOnlyList<DataType?>, Signature?> resolve,
        bool isStrict = true,
        bool canFail = true
    )
    {
        ScalarFunction? function = null;
        function = new ScalarFunction
        {
            Name = name,
            Example = example,
            Summary = summary,
            IsStrict = isStrict,
            CanFail = canFail,
            Resolve = types =>
                resolve(types) is { } found
                    ? new ScalarOverload(function!, found.Arguments, found.Return, found.Kernel)
                    : null,
        };
        return function;
    }

    /// <summary>A function with a list of overloads, of which the first with the fewest casts is taken.</summary>
    public static ScalarFunction Scalar(string name, string example, string summary, params Signature[] overloads) =>
        Scalar(name, example, summary, types => Choose(overloads, types));

    /// <summary>As the other form, for functions that never throw.</summary>
    public static ScalarFunction Infallible(
        string name,
        string example,
        string summary,
        params Signature[] overloads
    ) => Scalar(name, example, summary, types => Choose(overloads, types), canFail: false);

    /// <summary>The overload that the argument types reach with the fewest implicit casts; the first among equals.</summary>
    public static Signature? Choose(IReadOnlyList<Signature> overloads, IReadOnlyList<DataType?> types)
    {
        Signature? best = null;
        var bestCost = int.MaxValue;
        foreach (var overload in overloads)
        {
            var cost = Cost(overload.Arguments, types);
            if (cost < bestCost)
            {
                (best, bestCost) = (overload, cost);
            }
        }

        return best;
    }

    private static int Cost(DataType[] wanted, IReadOnlyList<DataType?> given)
    {
        if (wanted.Length != given.Count)
        {
            return int.MaxValue;
        }

        var cost = 0;
        for (var i = 0; i < wanted.Length; i++)
        {
            if (given[i] is not { } type || type == wanted[i])
            {
                continue;
            }

            if (!TypeRules.CanCastImplicitly(type, wanted[i]))
            {
                return int.MaxValue;
            }

            cost++;
        }

        return cost;
    }
}
