using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// An expression whose names and types are resolved. Immutable, and compared by value, so that equal sub-expressions
/// can be found. Evaluated over dense batches only: a row that a filter dropped is never evaluated, and so never fails.
/// </summary>
public abstract record BoundExpression(DataType Type, bool Nullable);

/// <summary>A column of the input batch.</summary>
public sealed record ColumnExpression(int Index, string Name, DataType Type, bool Nullable)
    : BoundExpression(Type, Nullable)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A constant; see <see cref="ConstantValue"/>.</summary>
public sealed record ConstantExpression(ConstantValue Value) : BoundExpression(Value.Type, Value.IsNull)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>
/// A call of a scalar function or operator whose arguments already have the types that the overload takes.
/// </summary>
public sealed record CallExpression(ScalarOverload Function, IReadOnlyList<BoundExpression> Arguments, bool Nullable)
    : BoundExpression(Function.ReturnType, Nullable)
{
    /// <summary>Equal where the overload is the same and the arguments are equal.</summary>
    public bool Equals(CallExpression? other) =>
        other is not null
        && ReferenceEquals(Function.Function, other.Function.Function)
        && Type == other.Type
        && Arguments.SequenceEqual(other.Arguments);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Function.Function.Name);
        foreach (var argument in Arguments)
        {
            hash.Add(argument);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Arguments.Count == 2 && !char.IsLetter(Function.Function.Name[0])
            ? $"({Arguments[0]} {Function.Function.Name} {Arguments[1]})"
            : $"{Function.Function.Name}({string.Join(", ", Arguments)})";
}

/// <summary>A cast, implicit or written. Fails the query where a value does not fit, naming the value.</summary>
public sealed record CastExpression(BoundExpression Operand, DataType Type) : BoundExpression(Type, Operand.Nullable)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Operand}::{Type}";
}

/// <summary>AND or OR over two or more BOOLEAN operands, by three-valued logic.</summary>
public sealed record LogicalExpression(bool IsAnd, IReadOnlyList<BoundExpression> Operands, bool Nullable)
    : BoundExpression(DataType.Boolean, Nullable)
{
    /// <summary>Equal where the operands are, in the same order.</summary>
    public bool Equals(LogicalExpression? other) =>
        other is not null && IsAnd == other.IsAnd && Operands.SequenceEqual(other.Operands);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsAnd, Operands.Count, Operands[0]);

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(IsAnd ? " AND " : " OR ", Operands)})";
}

/// <summary>NOT of a BOOLEAN.</summary>
public sealed record NotExpression(BoundExpression Operand) : BoundExpression(DataType.Boolean, Operand.Nullable)
{
    /// <inheritdoc/>
    public override string ToString() => $"NOT {Operand}";
}

/// <summary>IS NULL, or IS NOT NULL.</summary>
public sealed record IsNullExpression(BoundExpression Operand, bool Negated) : BoundExpression(DataType.Boolean, false)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Operand} IS {(Negated ? "NOT " : string.Empty)}NULL";
}

/// <summary>[NOT] IN over constants of the operand's type. NULL members make a miss NULL, as in SQL.</summary>
public sealed record InListExpression(BoundExpression Operand, IReadOnlyList<ConstantValue> Members, bool Negated)
    : BoundExpression(DataType.Boolean, true)
{
    /// <summary>Equal where operand and members are.</summary>
    public bool Equals(InListExpression? other) =>
        other is not null
        && Negated == other.Negated
        && Operand.Equals(other.Operand)
        && Members.SequenceEqual(other.Members);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Operand, Members.Count, Negated);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Operand} {(Negated ? "NOT " : string.Empty)}IN ({string.Join(", ", Members)})";
}

/// <summary>CASE WHEN ... THEN ... ELSE ... END; results are already of one type. A branch is evaluated only for its rows.</summary>
public sealed record CaseExpression(
    IReadOnlyList<(BoundExpression Condition, BoundExpression Result)> Branches,
    BoundExpression Else,
    DataType Type,
    bool Nullable
) : BoundExpression(Type, Nullable)
{
    /// <summary>Equal where branches and default are.</summary>
    public bool Equals(CaseExpression? other) =>
        other is not null && Type == other.Type && Else.Equals(other.Else) && Branches.SequenceEqual(other.Branches);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Branches.Count, Branches[0], Else);

    /// <inheritdoc/>
    public override string ToString() =>
        $"CASE{string.Concat(Branches.Select(b => $" WHEN {b.Condition} THEN {b.Result}"))} ELSE {Else} END";
}

/// <summary>One level of an array column, <c>bid[1]</c>; levels count from 1, and a level outside the depth is NULL.</summary>
public sealed record SubscriptExpression(BoundExpression Array, BoundExpression Level)
    : BoundExpression(Array.Type.Element, true)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Array}[{Level}]";
}

/// <summary>
/// The watermark of a table at the snapshot that is read, a TIMESTAMP: the newest event time so far minus the table's lateness; the
/// least value for a table without rows. The same for all rows of a query, and it only grows from step to step of a view.
/// </summary>
public sealed record WatermarkExpression(string Table) : BoundExpression(DataType.Timestamp, false)
{
    /// <inheritdoc/>
    public override string ToString() => $"watermark({Table})";
}
