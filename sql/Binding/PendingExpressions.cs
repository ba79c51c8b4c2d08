using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Binding;

// Expressions that exist only while a statement is bound; none of them reaches a plan.

/// <summary>A string literal (or text parameter) that takes the type of what it stands beside.</summary>
internal sealed record UntypedText(string Value) : BoundExpression(DataType.Varchar, false);

/// <summary>NULL without a type yet.</summary>
internal sealed record UntypedNull() : BoundExpression(DataType.Varchar, true);

/// <summary>
/// A struct: fields side by side, in order. Storage knows no structs, so one is bound as its fields and takes a column
/// a field; its own type means nothing.
/// </summary>
internal sealed record StructExpression(IReadOnlyList<string> Names, IReadOnlyList<BoundExpression> Fields)
    : BoundExpression(default, true)
{
    /// <summary>Fields of a bar, in their order.</summary>
    public static readonly string[] OhlcvFields =
    [
        "open",
        "high",
        "low",
        "close",
        "volume",
        "turnover",
        "vwap",
        "count",
    ];

    /// <summary>True for a bar.</summary>
    public bool IsOhlcv => Names.SequenceEqual(OhlcvFields);

    /// <summary>Equal where the fields are.</summary>
    public bool Equals(StructExpression? other) =>
        other is not null && Names.SequenceEqual(other.Names) && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Fields.Count, Fields[0]);

    /// <summary>The field of that name (folded to lower case), or null.</summary>
    public BoundExpression? Find(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
                return Fields[i];
        }

        return null;
    }
}

/// <summary>The result of an aggregate of the SELECT that is being bound, by its number there.</summary>
internal sealed record AggregateReference(int Index, DataType Type) : BoundExpression(Type, true);

/// <summary>The result of a function with state of the SELECT that is being bound, by its number there.</summary>
internal sealed record FactorReference(int Index, DataType Type) : BoundExpression(Type, true);

/// <summary>The result of a window function of the SELECT that is being bound, by its number there.</summary>
internal sealed record WindowReference(int Index, DataType Type) : BoundExpression(Type, true);
